namespace LlmDapr.Sidecar.State;

/// <summary>One delete that an app asks for; see <see cref="StateSave"/> for the fields.</summary>
internal sealed record StateDelete(string Key, string? Etag = null, string? Concurrency = null, string? Consistency = null);
