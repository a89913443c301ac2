using System.Buffers;
using Microsoft.Extensions.Options;

namespace LlmDapr.Generation.Catalog;

/// <summary>Finds every mistake at once, at start; each message says what to change.</summary>
internal sealed class CatalogOptionsValidator(IConfiguration configuration) : IValidateOptions<CatalogOptions>
{
    private static readonly SearchValues<char> HeaderNameCharacters = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly TimeSpan LongestCacheTime = TimeSpan.FromDays(30);

    public ValidateOptionsResult Validate(string? name, CatalogOptions options)
    {
        var errors = new List<string>();
        if (options.Providers.Count == 0)
        {
            errors.Add("No provider is configured: set OPENAI_API_KEY, or Providers:<name>:Endpoint (as environment: Providers__<name>__Endpoint).");
        }

        foreach (var (providerName, provider) in options.Providers)
        {
            errors.AddRange(ErrorsOf(providerName, provider));
        }

        for (var i = 0; i < options.Models.Count; i++)
        {
            errors.AddRange(ErrorsOf($"Models:{i}", options.Models[i], options));
        }

        errors.AddRange(options.Models
            .GroupBy(model => model.Id, StringComparer.Ordinal)
            .Where(same => same.Key is not null && same.Count() > 1)
            .Select(same => $"Models: '{same.Key}' stands there {same.Count()} times: give each model one entry with several Targets."));

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private IEnumerable<string> ErrorsOf(string name, ProviderOptions provider)
    {
        var at = $"Providers:{name}";
        var endpoint = provider.Endpoint?.Replace(ProviderEndpoint.ModelPlace, "model", StringComparison.Ordinal);
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            yield return $"{at}:Endpoint is {Quoted(provider.Endpoint)}: give an http or https address such as https://api.openai.com/v1.";
        }
        else if (uri.Query.Length > 0)
        {
            yield return $"{at}:Endpoint has a query: move it to {at}:Query.";
        }

        if (provider.ApiKeyEnv is not null && provider.ApiKeyFile is not null)
        {
            yield return $"{at} has both ApiKeyEnv and ApiKeyFile: keep one.";
        }

        if (provider.ApiKeyEnv is { } variable && string.IsNullOrWhiteSpace(configuration[variable]))
        {
            yield return $"{at}:ApiKeyEnv names the environment variable '{variable}', which is not set: set it, or remove ApiKeyEnv.";
        }

        if (provider.ApiKeyFile is { } file && !ProviderKey.TryReadFile(file, out _))
        {
            yield return $"{at}:ApiKeyFile '{file}' cannot be read or is empty: put the key there, or remove ApiKeyFile.";
        }

        if (string.IsNullOrWhiteSpace(provider.KeyHeader))
        {
            yield return $"{at}:KeyHeader is empty: name the header that carries the key, or remove it (default Authorization).";
        }
        else if (provider.KeyHeader.AsSpan().ContainsAnyExcept(HeaderNameCharacters))
        {
            yield return $"{at}:KeyHeader is {Quoted(provider.KeyHeader)}, which is no name of a header: use letters, digits and '-'.";
        }

        if (provider.ConnectTimeout <= TimeSpan.Zero || provider.ConnectTimeout > TimeSpan.FromMinutes(1))
        {
            yield return $"{at}:ConnectTimeout is {provider.ConnectTimeout}: give more than 0 and at most 00:01:00, or remove it (default 00:00:10).";
        }
    }

    private static IEnumerable<string> ErrorsOf(string at, ModelOptions model, CatalogOptions options)
    {
        if (string.IsNullOrWhiteSpace(model.Id))
        {
            yield return $"{at}:Id is missing: give the name that callers use.";
        }

        if (model.ContextLength <= 0)
        {
            yield return $"{at}:ContextLength is {model.ContextLength}: give a number of tokens above 0, or remove it.";
        }

        if (model.Targets.Count == 0)
        {
            yield return $"{at}:Targets is empty: name at least one provider ({at}:Targets:0:Provider).";
        }

        if (model.LargerModel is { } larger && larger == model.Id)
        {
            yield return $"{at}:LargerModel is the model itself: name another, or remove it.";
        }

        if (model.Cache?.Ttl is { } ttl && (ttl < TimeSpan.FromSeconds(1) || ttl > LongestCacheTime))
        {
            yield return $"{at}:Cache:Ttl is {ttl}: give 00:00:01 to 30.00:00:00, or remove it; Cache:Mode off keeps nothing.";
        }

        if (model.Cache?.StaleWhileRevalidate is { } stale && (stale < TimeSpan.Zero || stale > LongestCacheTime))
        {
            yield return $"{at}:Cache:StaleWhileRevalidate is {stale}: give 00:00:00 to 30.00:00:00, or remove it.";
        }

        for (var i = 0; i < model.Targets.Count; i++)
        {
            if (!(model.Targets[i].Weight > 0 && double.IsFinite(model.Targets[i].Weight)))
            {
                yield return $"{at}:Targets:{i}:Weight is {model.Targets[i].Weight}: give a number above 0.";
            }

            var provider = model.Targets[i].Provider;
            if (provider is null || !options.Providers.ContainsKey(provider))
            {
                yield return $"{at}:Targets:{i}:Provider is {Quoted(provider)}: name one of Providers ({string.Join(", ", options.Providers.Keys)}).";
            }
        }
    }

    private static string Quoted(string? value) => value is null ? "missing" : $"'{value}'";
}
