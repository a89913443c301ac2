using LlmDapr.Generation.Catalog;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LlmDapr.Generation.Tests.Catalog;

public sealed class CatalogOptionsTests
{
    [Fact]
    public void Options_KeyAlone_IsOpenAI()
    {
        var provider = Assert.Single(Read(("OPENAI_API_KEY", "sk-test")).Providers);

        Assert.Equal("openai", provider.Key);
        Assert.Equal(("https://api.openai.com/v1", "OPENAI_API_KEY"), (provider.Value.Endpoint, provider.Value.ApiKeyEnv));
    }

    [Fact]
    public void Options_BaseUrlAndKey_AreTaken()
    {
        var provider = Read(("OPENAI_API_KEY", "sk-test"), ("OPENAI_BASE_URL", "http://localhost:11434/v1/")).Providers["openai"];

        Assert.Equal(("http://localhost:11434/v1/", "OPENAI_API_KEY"), (provider.Endpoint, provider.ApiKeyEnv));
    }

    [Fact]
    public void Options_BaseUrlAlone_NeedsNoKey()
    {
        var provider = Read(("OPENAI_BASE_URL", "http://localhost:11434/v1"), ("OPENAI_API_KEY", " ")).Providers["openai"];

        Assert.Null(provider.ApiKeyEnv);
    }

    [Fact]
    public void Options_ConfiguredOpenAI_WinsOverTheVariables()
    {
        var provider = Assert.Single(Read(("OPENAI_API_KEY", "sk-test"), ("Providers:OpenAI:Endpoint", "http://mine/v1")).Providers);

        Assert.Equal("http://mine/v1", provider.Value.Endpoint);
    }

    [Fact]
    public void Options_Whole_AreBound()
    {
        var options = Read(
            ("Providers:azure:Endpoint", "https://x.openai.azure.com/openai/deployments/{model}"),
            ("Providers:azure:KeyHeader", "api-key"),
            ("Providers:azure:ApiKeyEnv", "AZURE_KEY"),
            ("AZURE_KEY", "k"),
            ("Providers:azure:Query:api-version", "2025-01-01"),
            ("Providers:azure:StreamUsage", "false"),
            ("Models:0:Id", "gpt"),
            ("Models:0:ContextLength", "8192"),
            ("Models:0:Targets:0:Provider", "AZURE"),
            ("Models:0:Targets:0:Model", "gpt-deployed"));

        var azure = options.Providers["azure"];
        Assert.Equal(("api-key", false, "2025-01-01"), (azure.KeyHeader, azure.StreamUsage, azure.Query["api-version"]));
        var model = Assert.Single(options.Models);
        Assert.Equal(("gpt", 8192, "gpt-deployed"), (model.Id, model.ContextLength, model.Targets[0].Model));
    }

    [Fact]
    public void Options_Defaults_AreThose()
    {
        var provider = Read(("Providers:p:Endpoint", "http://p/v1")).Providers["p"];

        Assert.Equal(("Authorization", true, null), (provider.KeyHeader, provider.StreamUsage, provider.ListModels));
    }

    public static TheoryData<string[], string> Mistakes => new()
    {
        { [], "No provider is configured: set OPENAI_API_KEY, or Providers:<name>:Endpoint" },
        { ["Providers:p:ListModels=true"], "Providers:p:Endpoint is missing: give an http or https address" },
        { ["Providers:p:Endpoint=localhost:1"], "Providers:p:Endpoint is 'localhost:1': give an http or https address" },
        { ["Providers:p:Endpoint=/v1"], "Providers:p:Endpoint is '/v1': give an http or https address" },
        { ["Providers:p:Endpoint=ftp://p/v1"], "Providers:p:Endpoint is 'ftp://p/v1': give an http or https address" },
        { ["Providers:p:Endpoint=http://p/v1?a=b"], "Providers:p:Endpoint has a query: move it to Providers:p:Query." },
        { ["Providers:p:Endpoint=http://p/v1", "Providers:p:ApiKeyEnv=NO_SUCH"], "Providers:p:ApiKeyEnv names the environment variable 'NO_SUCH', which is not set" },
        { ["Providers:p:Endpoint=http://p/v1", "Providers:p:ApiKeyFile=/no/such/file"], "Providers:p:ApiKeyFile '/no/such/file' cannot be read or is empty" },
        { ["Providers:p:Endpoint=http://p/v1", "Providers:p:ApiKeyFile=/no/such/file", "Providers:p:ApiKeyEnv=K", "K=1"], "Providers:p has both ApiKeyEnv and ApiKeyFile: keep one." },
        { ["Providers:p:Endpoint=http://p/v1", "Providers:p:KeyHeader= "], "Providers:p:KeyHeader is empty" },
        { ["Providers:p:Endpoint=http://p/v1", "Providers:p:KeyHeader=api key"], "Providers:p:KeyHeader is 'api key'" },
        { ["Providers:p:Endpoint=http://p/v1", "Providers:p:ConnectTimeout=00:00:00"], "Providers:p:ConnectTimeout is 00:00:00: give more than 0" },
        { ["Providers:p:Endpoint=http://p/v1", "Models:0:Targets:0:Provider=p"], "Models:0:Id is missing: give the name that callers use." },
        { ["Providers:p:Endpoint=http://p/v1", "Models:0:Id=m"], "Models:0:Targets is empty: name at least one provider (Models:0:Targets:0:Provider)." },
        { ["Providers:p:Endpoint=http://p/v1", "Models:0:Id=m", "Models:0:Targets:0:Model=x"], "Models:0:Targets:0:Provider is missing: name one of Providers (p)." },
        { ["Providers:p:Endpoint=http://p/v1", "Models:0:Id=m", "Models:0:Targets:0:Provider=q"], "Models:0:Targets:0:Provider is 'q': name one of Providers (p)." },
        { ["Providers:p:Endpoint=http://p/v1", "Models:0:Id=m", "Models:0:Targets:0:Provider=p", "Models:0:ContextLength=0"], "Models:0:ContextLength is 0: give a number of tokens above 0" },
        { ["Providers:p:Endpoint=http://p/v1", "Models:0:Id=m", "Models:0:Targets:0:Provider=p", "Models:1:Id=m", "Models:1:Targets:0:Provider=p"], "Models: 'm' stands there 2 times" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Validate_Mistake_SaysWhatToChange(string[] settings, string message)
    {
        var failure = Assert.Throws<OptionsValidationException>(() => Read([.. settings.Select(setting => (setting.Split('=', 2)[0], setting.Split('=', 2)[1]))]));

        Assert.Contains(failure.Failures, said => said.StartsWith(message, StringComparison.Ordinal));
    }

    [Fact]
    public void Validate_SeveralMistakes_AreAllNamed()
    {
        var failure = Assert.Throws<OptionsValidationException>(() => Read(("Providers:p:Endpoint", "x"), ("Providers:q:Endpoint", "y"), ("Models:0:Id", "m")));

        Assert.Equal(3, failure.Failures.Count());
    }

    [Fact]
    public async Task ProviderKey_FromFile_IsTrimmed()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, " sk-from-file \n", TestContext.Current.CancellationToken);
            var options = Read(("Providers:p:Endpoint", "http://p/v1"), ("Providers:p:ApiKeyFile", file));

            Assert.Equal("sk-from-file", ProviderKey.Read(options.Providers["p"], new ConfigurationBuilder().Build()));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void ProviderKey_None_IsNull() => Assert.Null(ProviderKey.Read(new ProviderOptions(), new ConfigurationBuilder().Build()));

    private static CatalogOptions Read(params (string Key, string Value)[] settings)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>(setting.Key, setting.Value))).Build());
        services.AddCatalog();
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<CatalogOptions>>().Value;
    }
}
