using LlmDapr.Simulator.Behaviours;
using LlmDapr.Simulator.Errors;
using Microsoft.Extensions.Options;

namespace LlmDapr.Simulator.Calls;

/// <summary>The check of <c>Authorization: Bearer</c>, when a key is configured.</summary>
internal sealed class ApiKey(IOptions<SimulatorOptions> options)
{
    private const string Scheme = "Bearer ";

    public ProviderError? Check(HttpContext context)
    {
        if (options.Value.ApiKey is not { } expected)
        {
            return null;
        }

        string given = KeyOf(context);
        return given.Length == 0 ? ProviderErrors.MissingKey() : given == expected ? null : ProviderErrors.WrongKey(given);
    }

    public static string KeyOf(HttpContext context)
    {
        string header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : "";
    }
}
