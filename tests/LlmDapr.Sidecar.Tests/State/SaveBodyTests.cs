using System.Text;
using LlmDapr.Sidecar.State;

namespace LlmDapr.Sidecar.Tests.State;

public sealed class SaveBodyTests
{
    private static readonly Dictionary<string, string> None = [];

    [Theory]
    [InlineData("", "EOF")]
    [InlineData("  ", "EOF")]
    [InlineData("[{\"key\":", "unexpected EOF")]
    [InlineData("[x]", "invalid character 'x' looking for beginning of value")]
    [InlineData("5", "json: cannot unmarshal number into Go value of type []state.SetRequest")]
    [InlineData("[true]", "json: cannot unmarshal bool into Go value of type state.SetRequest")]
    [InlineData("[{\"key\":[]}]", "json: cannot unmarshal array into Go struct field SetRequest.key of type string")]
    [InlineData("[{\"key\":\"k\",\"metadata\":[]}]", "json: cannot unmarshal array into Go struct field SetRequest.metadata of type map[string]string")]
    [InlineData("[{\"key\":\"k\",\"options\":{\"concurrency\":1}}]", "json: cannot unmarshal number into Go struct field SetRequest.options.concurrency of type string")]
    [InlineData("[null]", "\"key\" is a required field")]
    public void Read_WrongBody_HasDaprdsError(string body, string error) => Assert.Equal(error, SaveBody.Read(Encoding.UTF8.GetBytes(body), None, out _, out _));

    [Fact]
    public void Read_Items_TakeTheLastOfEachFieldWhateverItsCase()
    {
        var error = SaveBody.Read(
            """
            [{"key":"a","Key":"k","value":1,"VALUE":{"x": 2},"etag":"e","metadata":{"ttlInSeconds":"5","TTLINSECONDS":"9"},"options":{"Concurrency":"first-write","consistency":"strong"},"more":[]},
             {"key":"b","etag":null,"options":null,"metadata":null}] and more
            """u8.ToArray(),
            None,
            out var saves,
            out var keptDigits);

        Assert.Null(error);
        Assert.False(keptDigits);
        Assert.Equal(("k", "e", "first-write", "strong", "5"), (saves[0].Key, saves[0].Etag, saves[0].Concurrency, saves[0].Consistency, saves[0].Ttl));
        Assert.Equal("""{"x":2}""", Encoding.UTF8.GetString(saves[0].Value.Span));
        Assert.Equal(("b", null, null, null, "null"), (saves[1].Key, saves[1].Etag, saves[1].Concurrency, saves[1].Ttl, Encoding.UTF8.GetString(saves[1].Value.Span)));
    }

    [Fact]
    public void Read_MetadataOfTheQuery_HoldsForAllItems()
    {
        SaveBody.Read("""[{"key":"a","metadata":{"ttlInSeconds":"5"}},{"key":"b"}]"""u8.ToArray(), new Dictionary<string, string> { ["ttlInSeconds"] = "100" }, out var saves, out _);

        Assert.Equal(["100", "100"], saves.Select(save => save.Ttl));
    }

    [Fact]
    public void Read_DeepValue_IsNoMatter()
    {
        var deep = $"[{{\"key\":\"k\",\"value\":{new string('[', 500)}{new string(']', 500)}}}]";

        Assert.Null(SaveBody.Read(Encoding.UTF8.GetBytes(deep), None, out _, out _));
    }
}
