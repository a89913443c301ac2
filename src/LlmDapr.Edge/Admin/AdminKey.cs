using System.Security.Cryptography;
using System.Text;
using LlmDapr.Contracts.Errors;

namespace LlmDapr.Edge.Admin;

/// <summary>
/// Lets nobody but the operator in: <c>Authorization: Bearer</c> with the value of <c>LLMDAPR_ADMIN_KEY</c>. Without that setting nobody is.
/// </summary>
internal sealed class AdminKey(IConfiguration configuration)
{
    /// <summary>The setting that holds the key.</summary>
    public const string Setting = "LLMDAPR_ADMIN_KEY";

    private const string Bearer = "Bearer ";

    // Hashes are of one length, so that the comparison's time says nothing of the key's.
    private readonly byte[]? _hash = configuration[Setting] is { Length: > 0 } key ? Hash(key) : null;

    /// <summary>Why the request may not come in; null when it may.</summary>
    public ApiError? Refusal(HttpRequest request)
    {
        if (_hash is null)
        {
            return ApiError.InvalidRequest($"The operator's endpoints are off: set {Setting} for edge, and send it as 'Authorization: Bearer …'.", code: "admin_key_not_set", status: StatusCodes.Status403Forbidden);
        }

        var given = request.Headers.Authorization.ToString();
        return given.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) && CryptographicOperations.FixedTimeEquals(Hash(given.AsSpan(Bearer.Length).Trim()), _hash)
            ? null
            : ApiError.InvalidRequest($"The header 'Authorization' must be 'Bearer' and the value of {Setting}.", "authorization", "invalid_api_key", StatusCodes.Status401Unauthorized);
    }

    private static byte[] Hash(ReadOnlySpan<char> key)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(key)];
        Encoding.UTF8.GetBytes(key, bytes);
        return SHA256.HashData(bytes);
    }
}
