namespace LlmDapr.Generation.Catalog;

/// <summary>The operator's key for a provider.</summary>
internal static class ProviderKey
{
    public const string AuthorizationHeader = "Authorization";

    /// <summary>The key's text, null when the provider needs none.</summary>
    public static string? Read(ProviderOptions options, IConfiguration configuration) =>
        options.ApiKeyEnv is { } variable ? configuration[variable]?.Trim()
        : options.ApiKeyFile is { } file && TryReadFile(file, out var key) ? key
        : null;

    public static bool TryReadFile(string file, out string key)
    {
        try
        {
            key = File.ReadAllText(file).Trim();
            return key.Length > 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            key = string.Empty;
            return false;
        }
    }
}
