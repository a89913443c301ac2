using LlmDapr.Sidecar.Hosting;
using LlmDapr.Sidecar.Resources;
using LlmDapr.Sidecar.State;
using Microsoft.Extensions.Logging.Testing;

namespace LlmDapr.Sidecar.Tests.State;

public sealed class StateComponentsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("llmdapr-components-");
    private readonly FakeLogger _logger = new();

    [Theory]
    [InlineData(null, "edge||")]
    [InlineData("appid", "edge||")]
    [InlineData("Name", "store||")]
    [InlineData("namespace", "prod.edge||")]
    [InlineData("none", "")]
    [InlineData("llm", "llm||")]
    [InlineData("", "||")]
    [InlineData("p-{appID}", "p-edge||")]
    public void Read_KeyPrefix_IsWhatComesBeforeEachKey(string? strategy, string prefix)
    {
        Write("state.redis", strategy is null ? [] : [("keyPrefix", strategy)]);

        Assert.Equal(prefix, Assert.Single(Read()).Prefix);
    }

    [Fact]
    public void Read_NamespaceWithoutANamespace_IsTheAppId()
    {
        Write("state.redis", [("keyPrefix", "namespace")]);

        Assert.Equal("edge||", Assert.Single(Read(space: null)).Prefix);
    }

    [Theory]
    [InlineData("state.redis", "store")]
    [InlineData("state.anything", "store")]
    [InlineData("state.in-memory", "store@edge")]
    public void Read_Type_MattersForInMemoryOnly(string type, string space)
    {
        Write(type, []);

        Assert.Equal(space, Assert.Single(Read()).Space);
    }

    [Theory]
    [InlineData("50", 50)]
    [InlineData("-1", null)]
    [InlineData("", null)]
    public void Read_TimeToLive_IsTheStoresDefault(string ttl, int? seconds)
    {
        Write("state.redis", [("TTLInSeconds", ttl)]);

        Assert.Equal(seconds, Assert.Single(Read()).Ttl);
    }

    [Fact]
    public void Read_OtherAppsScopesAndOtherKinds_AreLeftOut()
    {
        Write("state.redis", [], "scopes: [generation]\n");
        File.WriteAllText(Path.Combine(_folder.FullName, "b.yaml"), "kind: Component\nmetadata: { name: b }\nspec: { type: pubsub.redis }\n");

        Assert.Empty(Read());
    }

    [Fact]
    public void Read_ValueFromTheEnvironmentOrASecret_NeedsNeither()
    {
        File.WriteAllText(
            Path.Combine(_folder.FullName, "a.yaml"),
            "kind: Component\nmetadata: { name: store }\nspec:\n  type: state.redis\n  metadata:\n    - { name: redisHost, envRef: LLMDAPR_TEST_NO_SUCH }\n    - { name: redisPassword, secretKeyRef: { name: a, key: b } }\n");

        Assert.Equal("store", Assert.Single(Read()).Name);
    }

    [Theory]
    [InlineData("keyPrefix", "a||b", "its keyPrefix 'a||b' contains '||', which parts prefix and key; take that out.")]
    [InlineData("ttlInSeconds", "abc", "its ttlInSeconds 'abc' is no whole number of seconds; correct it.")]
    public void Read_BadValue_EndsTheStartUnlessErrorsAreIgnored(string name, string value, string fault)
    {
        Write("state.redis", [(name, value)]);
        Assert.EndsWith($"component store (state.redis): {fault}", Assert.Throws<StartException>(() => Read()).Message, StringComparison.Ordinal);

        Write("state.redis", [(name, value)], "", "  ignoreErrors: true\n");
        Assert.Empty(Read());
        Assert.EndsWith(fault, _logger.LatestRecord.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private void Write(string type, (string Name, string Value)[] metadata, string scopes = "", string spec = "") => File.WriteAllText(
        Path.Combine(_folder.FullName, "a.yaml"),
        $"kind: Component\nmetadata:\n  name: store\n{scopes}spec:\n  type: {type}\n{spec}"
        + (metadata.Length == 0 ? "" : "  metadata:\n" + string.Concat(metadata.Select(one => $"    - name: {one.Name}\n      value: \"{one.Value}\"\n"))));

    private IReadOnlyList<StateComponent> Read(string? space = "prod") =>
        StateComponents.Read(ResourceFolder.Read([_folder.FullName], _logger), new SidecarOptions { AppId = "edge", AppNamespace = space }, _logger);
}
