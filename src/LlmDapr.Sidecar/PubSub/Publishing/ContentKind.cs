namespace LlmDapr.Sidecar.PubSub.Publishing;

/// <summary>The content types that daprd tells apart, in any case, with or without parameters. All others are text to it.</summary>
internal static class ContentKind
{
    /// <summary>The body is a CloudEvent already.</summary>
    public static bool IsCloudEvent(string contentType) => Is(contentType, "application/cloudevents+json");

    /// <summary>The body is JSON; <c>application/…+json</c> is text.</summary>
    public static bool IsJson(string contentType) => Is(contentType, "application/json");

    /// <summary>The body is bytes.</summary>
    public static bool IsBinary(string contentType) => Is(contentType, "application/octet-stream");

    private static bool Is(string contentType, string expected) =>
        contentType.AsSpan(0, contentType.IndexOf(';', StringComparison.Ordinal) is >= 0 and var end ? end : contentType.Length)
            .Equals(expected, StringComparison.OrdinalIgnoreCase);
}
