using LlmDapr.Simulator.Behaviours;
using LlmDapr.Simulator.Errors;
using Microsoft.Extensions.Options;

namespace LlmDapr.Simulator.Tests.Behaviours;

public sealed class ModelCatalogTests
{
    private static readonly ModelCatalog Catalog = Create("words=7", ("gpt-x", "tps=3"), ("sim-slow", "words=9"));

    [Fact]
    public void Listed_Always_HasBuiltInAndConfiguredModels() =>
        Assert.Equal(["sim", "sim-fast", "sim-slow", "sim-embed", "gpt-x"], Catalog.Listed);

    [Theory]
    [InlineData("sim", 7, 0)]
    [InlineData("sim-fast", 20, 0)]
    [InlineData("sim-slow", 9, 0)]
    [InlineData("simple-name-of-any-kind", 7, 0)]
    [InlineData("gpt-x", 7, 3)]
    [InlineData("gpt-x?tps=4", 7, 4)]
    [InlineData("sim-slow?words=1&tps=2", 1, 2)]
    public void TryFind_KnownName_HasDefaultsThenEntryThenOptions(string name, int words, double tps)
    {
        Assert.True(Catalog.TryFind(name, out Behaviour? behaviour, out _));
        Assert.Equal((words, tps), (behaviour.Words, behaviour.Tps));
    }

    [Theory]
    [InlineData("gpt-4o")]
    [InlineData("gpt-4o?words=1")]
    [InlineData("Sim")]
    [InlineData("")]
    public void TryFind_UnknownName_IsModelNotFound(string name)
    {
        Assert.False(Catalog.TryFind(name, out _, out ProviderError? error));
        Assert.Equal((404, "model_not_found"), (error.Status, error.Code));
    }

    [Fact]
    public void TryFind_WrongOption_NamesModelParameter()
    {
        Assert.False(Catalog.TryFind("sim?x=1", out _, out ProviderError? error));
        Assert.Equal((400, "model", "invalid_model_option"), (error.Status, error.Param, error.Code));
        Assert.StartsWith("Model name 'sim?x=1': unknown option 'x'.", error.Message, StringComparison.Ordinal);
    }

    private static ModelCatalog Create(string defaults, params (string Id, string Behaviour)[] models)
    {
        var options = new SimulatorOptions { Defaults = defaults };
        foreach ((string id, string behaviour) in models)
        {
            options.Models.Add(new ModelOptions { Id = id, Behaviour = behaviour });
        }

        return new ModelCatalog(Options.Create(options));
    }
}
