using System.Globalization;
using LlmDapr.Contracts.Hop;
using Microsoft.Extensions.Configuration;

namespace LlmDapr.PromptCache.Freshness;

/// <summary>
/// What <c>Cache:Tenants</c> says. A tenant is named as everywhere (<c>key:&lt;hash&gt;</c>, <c>dapr:&lt;app-id&gt;</c>, <c>anonymous</c>), and each colon of its name is a level of configuration:
/// <c>Cache:Tenants:dapr:billing:Mode</c>. Names are found in any case, as all configuration.
/// </summary>
internal sealed class TenantOverrides
{
    public static readonly TenantOverrides None = new();

    private readonly Dictionary<string, TenantOverride> _tenants = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _errors = [];

    private TenantOverrides()
    {
    }

    /// <summary>What is wrong with the section, each with what to do.</summary>
    public IReadOnlyList<string> Errors => _errors;

    public TenantOverride? Find(string tenant) => _tenants.GetValueOrDefault(tenant);

    public static TenantOverrides Read(IConfigurationSection section)
    {
        var overrides = new TenantOverrides();
        foreach (var child in section.GetChildren())
        {
            if (child.Value is not null)
            {
                overrides._errors.Add($"{child.Path} is a value: below Cache:Tenants stand tenants, and below each Mode, Ttl or StaleWhileRevalidate.");
            }

            overrides.Read(child, child.Key);
        }

        return overrides;
    }

    private void Read(IConfigurationSection section, string tenant)
    {
        foreach (var child in section.GetChildren())
        {
            if (child.Value is not { } value)
            {
                Read(child, $"{tenant}:{child.Key}");
                continue;
            }

            var so = _tenants.GetValueOrDefault(tenant) ?? new TenantOverride();
            if (Field(so, child, value) is { } read)
            {
                _tenants[tenant] = read;
            }
        }
    }

    private TenantOverride? Field(TenantOverride so, IConfigurationSection field, string value)
    {
        switch (field.Key.ToUpperInvariant())
        {
            case "MODE" when Enum.TryParse<CacheMode>(value, ignoreCase: true, out var mode) && Enum.IsDefined(mode):
                return so with { Mode = mode };
            case "MODE":
                _errors.Add($"{field.Path} is '{value}': give off, deterministic or all.");
                return null;
            case "TTL" when TimeSpan.TryParse(value, CultureInfo.InvariantCulture, out var ttl) && ttl > TimeSpan.Zero:
                return so with { Ttl = ttl };
            case "STALEWHILEREVALIDATE" when TimeSpan.TryParse(value, CultureInfo.InvariantCulture, out var stale) && stale >= TimeSpan.Zero:
                return so with { StaleWhileRevalidate = stale };
            case "TTL" or "STALEWHILEREVALIDATE":
                _errors.Add($"{field.Path} is '{value}': give a time such as 00:10:00.");
                return null;
            default:
                _errors.Add($"{field.Path} is not known: a tenant has Mode, Ttl and StaleWhileRevalidate.");
                return null;
        }
    }
}
