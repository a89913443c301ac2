using LlmDapr.Generation.Catalog;
using LlmDapr.Generation.Providers;

namespace LlmDapr.Generation.Tests.Catalog;

public sealed class ModelCatalogTests : IDisposable
{
    private readonly Provider _a = new("a", new ProviderOptions { Endpoint = "http://a/v1" }, key: null);
    private readonly Provider _b = new("b", new ProviderOptions { Endpoint = "http://b/v1" }, key: null);

    [Fact]
    public void Resolve_Named_IsItsTargetsInOrder()
    {
        var catalog = Catalog([Route("m", (_a, "real"), (_b, null))]);

        Assert.Equal(["a/real", "b/m"], catalog.Resolve("m").Select(target => target.ToString()));
        Assert.Empty(catalog.Resolve("M"));
    }

    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    public void Resolve_StepUpAPath_IsNobodys(string model) => Assert.Empty(Catalog([Route("*", (_a, null))]).Resolve(model));

    [Fact]
    public void Resolve_Listed_IsTheProviderThatListsIt()
    {
        var catalog = Catalog([], (_a, ["x"]), (_b, ["y", "x"]));

        Assert.Equal("a/x", Assert.Single(catalog.Resolve("x")).ToString());
        Assert.Equal("b/y", Assert.Single(catalog.Resolve("y")).ToString());
        Assert.Empty(catalog.Resolve("z"));
        Assert.Equal(["x", "y"], catalog.Table.Models.Select(model => model.Id));
    }

    [Fact]
    public void Resolve_ConfiguredAndListed_IsTheConfiguredOne()
    {
        var catalog = Catalog([Route("x", (_b, "better"))], (_a, ["x"]));

        Assert.Equal("b/better", Assert.Single(catalog.Resolve("x")).ToString());
        Assert.Equal("b/better", Assert.Single(catalog.Table.Models).Identity);
    }

    [Theory]
    [InlineData("local/x", "b/local/x")]
    [InlineData("local/big-x", "a/big")]
    [InlineData("local/big", "b/local/big")]
    [InlineData("loca", "a/loca")]
    public void Resolve_Patterns_TakeTheLongestPrefix(string model, string target)
    {
        var catalog = Catalog([Route("*", (_a, null)), Route("local/*", (_b, null)), Route("local/big-*", (_a, "big"))]);

        Assert.Equal(target, Assert.Single(catalog.Resolve(model)).ToString());
    }

    [Fact]
    public void Resolve_NamedBeforePattern()
    {
        var catalog = Catalog([Route("local/*", (_a, null)), Route("local/x", (_b, null))]);

        Assert.Equal("b/local/x", Assert.Single(catalog.Resolve("local/x")).ToString());
        Assert.Equal(["local/"], catalog.Table.Patterns.Select(pattern => pattern.Prefix));
        Assert.Equal(["local/x"], catalog.Table.Models.Select(model => model.Id));
    }

    [Fact]
    public void Resolve_ProviderThatListsNothing_TakesAnyName()
    {
        var catalog = Catalog([], (_a, ["x"]), (_b, []));

        Assert.Equal("b/whatever", Assert.Single(catalog.Resolve("whatever")).ToString());
        Assert.Equal("a/x", Assert.Single(catalog.Resolve("x")).ToString());
        Assert.NotNull(catalog.Table.AnyName);
    }

    [Fact]
    public void Resolve_ProviderNotYetListed_TakesAnyName()
    {
        var catalog = Catalog([Route("m", (_b, null))], (_a, null));

        Assert.Equal("a/new", Assert.Single(catalog.Resolve("new")).ToString());
        Assert.NotNull(catalog.Table.AnyName);
    }

    [Fact]
    public void Table_Entries_SayWhatIsKnown()
    {
        var listed = new ListedModels(_a, [new ListedModel("x", 1700, "someone")]);
        var catalog = new ModelCatalog([new ModelRoute("m", [(_a, null)], 8192)], new Dictionary<Provider, ListedModels?> { [_a] = listed }, startedAt: 42);

        Assert.Equal(new("m", 42, "llmdapr", "a/*", 8192), catalog.Table.Models[0]);
        Assert.Equal(new("x", 1700, "someone", "a/x", null), catalog.Table.Models[1]);
    }

    [Theory]
    [InlineData("""{"object":"list","data":[{"id":"x","created":7,"owned_by":"o"},{"id":"y"}]}""", "x:7:o y:0:a")]
    [InlineData("""{"data":[{"created":7},{"id":""},{"id":null},{"id":5},"z",null,{"id":"y","created":"2024","owned_by":1}]}""", "y:0:a")]
    [InlineData("""{"data":null}""", "")]
    [InlineData("""[]""", "")]
    public void ListedModels_Parse_LeavesOutWhatHasNoId(string json, string models) =>
        Assert.Equal(models, string.Join(' ', ListedModels.Parse(_a, System.Text.Encoding.UTF8.GetBytes(json)).Models.Select(model => $"{model.Id}:{model.Created}:{model.OwnedBy}")));

    public void Dispose()
    {
        _a.Dispose();
        _b.Dispose();
    }

    private static ModelRoute Route(string id, params (Provider Provider, string? Model)[] targets) => new(id, targets, null);

    private static ModelCatalog Catalog(ModelRoute[] configured, params (Provider Provider, string[]? Models)[] listed) => new(
        configured,
        listed.ToDictionary(list => list.Provider, list => list.Models is null ? null : new ListedModels(list.Provider, [.. list.Models.Select(id => new ListedModel(id, 0, "o"))])),
        startedAt: 1);
}
