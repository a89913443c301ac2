using System.Text.Json;
using LlmDapr.Contracts.Hop;

namespace LlmDapr.Contracts.Tests.Hop;

public sealed class ModelTableTests
{
    private static readonly ModelTable Table = new([new("gpt-5", 1, "openai", "p/gpt-5", 400_000)], [new("local/", "l/*"), new("sim", "s/*", new CachePolicy(CacheMode.All, 60, null))], AnyName: null);

    [Theory]
    [InlineData("gpt-5", true)]
    [InlineData("GPT-5", false)]
    [InlineData("gpt-5 ", false)]
    [InlineData("local/llama", true)]
    [InlineData("local", false)]
    [InlineData("sim", true)]
    [InlineData("simulated", true)]
    [InlineData("other", false)]
    public void Serves_NamesAndPrefixes_AreComparedExactly(string name, bool serves) => Assert.Equal(serves, Table.Serves(name));

    [Fact]
    public void Serves_AnyName_IsTrueForAll() => Assert.True((Table with { AnyName = "p" }).Serves("other"));

    [Theory]
    [InlineData("gpt-5", "p/gpt-5", null)]
    [InlineData("sim?words=2", "s/*", CacheMode.All)]
    public void Find_Served_HasIdentityAndCachePolicy(string name, string identity, CacheMode? mode)
    {
        var served = Table.Find(name);

        Assert.Equal(identity, served?.Identity);
        Assert.Equal(mode, served?.Cache?.Mode);
    }

    [Fact]
    public void Serves_Empty_IsFalse() => Assert.False(ModelTable.Empty.Serves("gpt-5"));

    [Fact]
    public void ModelTable_WrittenAndRead_IsTheSame()
    {
        var json = JsonSerializer.Serialize(Table, ContractsJsonContext.Default.ModelTable);

        var read = JsonSerializer.Deserialize(json, ContractsJsonContext.Default.ModelTable)!;

        Assert.Equal(Table.Models, read.Models);
        Assert.Equal(Table.Patterns, read.Patterns);
        Assert.Contains("\"mode\":\"All\"", json, StringComparison.Ordinal);
        Assert.Contains("\"owned_by\":\"openai\"", json, StringComparison.Ordinal);
    }
}
