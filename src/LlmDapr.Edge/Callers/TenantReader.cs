using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using LlmDapr.Contracts;

namespace LlmDapr.Edge.Callers;

/// <summary>
/// Tells tenants apart. A bearer key is only ever seen as its hash. A Dapr app's id counts only when the sidecar proves itself with the app token,
/// since anybody who reaches edge's port can send a header.
/// </summary>
internal sealed class TenantReader(IConfiguration configuration)
{
    public const string Anonymous = "anonymous";
    private const string Bearer = "Bearer ";
    private const int HashBytes = 16;

    private static readonly SearchValues<char> AppIdCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    private readonly byte[]? _appToken = configuration["APP_API_TOKEN"] is { Length: > 0 } token ? Encoding.UTF8.GetBytes(token) : null;

    public string Read(HttpRequest request)
    {
        if (request.Headers.Authorization.ToString() is { } authorization
            && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            && authorization.AsSpan(Bearer.Length).Trim() is { IsEmpty: false } key)
        {
            return $"key:{Hash(key)}";
        }

        // More than one value, joined or not, means that somebody added to what the sidecar says.
        return request.Headers[HeaderNames.DaprCallerAppId] is [{ Length: > 0 } appId] && !appId.AsSpan().ContainsAnyExcept(AppIdCharacters) && IsProven(request)
            ? $"dapr:{appId}"
            : Anonymous;
    }

    private bool IsProven(HttpRequest request) =>
        _appToken is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(request.Headers[HeaderNames.DaprApiToken].ToString()), _appToken);

    private static string Hash(ReadOnlySpan<char> key)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(key)];
        Encoding.UTF8.GetBytes(key, bytes);
        return Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, HashBytes));
    }
}
