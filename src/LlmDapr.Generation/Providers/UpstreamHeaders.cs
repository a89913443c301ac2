using System.ClientModel.Primitives;
using LlmDapr.Contracts;

namespace LlmDapr.Generation.Providers;

/// <summary>
/// Which of a provider's headers reach the caller: an allow-list, so that cookies and connection headers of a provider do not, and a hop head stays small.
/// </summary>
internal static class UpstreamHeaders
{
    private static readonly HashSet<string> Passed = new(StringComparer.OrdinalIgnoreCase)
    {
        "content-type",
        "retry-after",
        "retry-after-ms",
        "openai-model",
        "openai-organization",
        "openai-processing-ms",
        "openai-version",
        "x-should-retry",
    };

    public static List<string[]> ForCaller(PipelineResponseHeaders headers)
    {
        var passed = new List<string[]>();
        foreach (var (name, value) in headers)
        {
            // What edge's server would refuse to send must not make a failure of an answer.
            if (value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            {
                continue;
            }

            if (Passed.Contains(name) || name.StartsWith("x-ratelimit-", StringComparison.OrdinalIgnoreCase))
            {
                passed.Add([Lower(name), value]);
            }
            else if (string.Equals(name, HeaderNames.RequestId, StringComparison.OrdinalIgnoreCase))
            {
                // Callers have an id of ours under the same name; the provider's is what its support asks for.
                passed.Add([HeaderNames.UpstreamRequestId, value]);
            }
        }

        return passed;
    }

#pragma warning disable CA1308 // Header names are sent in lower case, as HTTP/2 does.
    private static string Lower(string name) => name.ToLowerInvariant();
#pragma warning restore CA1308
}
