using System.Security.Cryptography;
using System.Text;

namespace LlmDapr.Sidecar.Tokens;

/// <summary>The token that callers of the API owe when <c>DAPR_API_TOKEN</c> is set.</summary>
internal static class ApiToken
{
    /// <summary>The header, and the key in gRPC metadata.</summary>
    public const string Header = "dapr-api-token";

    /// <summary>Whether the request carries the token. Only the first header of that name counts, and only an exact match.</summary>
    public static bool Accepts(string? wanted, IHeaderDictionary headers)
    {
        if (wanted is null)
        {
            return true;
        }

        return headers.TryGetValue(Header, out var values) && values.Count > 0
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(values[0] ?? ""), Encoding.UTF8.GetBytes(wanted));
    }
}
