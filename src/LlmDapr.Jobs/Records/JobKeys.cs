using System.Globalization;

namespace LlmDapr.Jobs.Records;

/// <summary>Keys of the state store.</summary>
internal static class JobKeys
{
    public const string Workers = "job-workers";

    public static string Record(string id) => $"job-{id}";

    public static string Request(string id, string bodyHash) => $"job-request-{id}-{bodyHash.AsSpan(0, 16)}";

    public static string Result(string id, int attempt) => string.Create(CultureInfo.InvariantCulture, $"job-result-{id}-{attempt}");

    public static string Worker(string worker) => $"job-worker-{worker}";
}
