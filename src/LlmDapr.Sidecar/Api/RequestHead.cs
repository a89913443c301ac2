namespace LlmDapr.Sidecar.Api;

/// <summary>The size of a request's head.</summary>
internal static class RequestHead
{
    /// <summary>Counts the bytes of the request line and the header lines, as they were sent.</summary>
    public static int Size(HttpRequest request, string rawTarget)
    {
        var size = request.Method.Length + rawTarget.Length + " HTTP/1.1".Length + 1 + 4;
        foreach (var (name, values) in request.Headers)
        {
            foreach (var value in values)
            {
                size += name.Length + (value?.Length ?? 0) + 4;
            }
        }

        return size;
    }
}
