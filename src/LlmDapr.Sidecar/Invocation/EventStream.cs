using Microsoft.Extensions.Primitives;

namespace LlmDapr.Sidecar.Invocation;

/// <summary>daprd's special treatment of callers that accept event streams and nothing else.</summary>
internal static class EventStream
{
    /// <summary>The media type.</summary>
    public const string MediaType = "text/event-stream";

    /// <summary>Whether the first Accept header is exactly the media type. A list, a quality or <c>*/*</c> is the general path.</summary>
    public static bool IsExact(StringValues accept) =>
        accept.Count > 0 && accept[0] is { } first && first.AsSpan().Trim().Equals(MediaType, StringComparison.OrdinalIgnoreCase);
}
