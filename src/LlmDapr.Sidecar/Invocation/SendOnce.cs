using System.Text;

namespace LlmDapr.Sidecar.Invocation;

/// <summary>
/// Keeps SocketsHttpHandler from repeating a request on its own. It does so up to three times when a connection ends before the answer,
/// also for a request that the app has already taken; the policy of the target alone decides on repeats. The handler offers no switch
/// for it, but it asks for each header's encoding each time it writes a head: a second head is refused there.
/// </summary>
internal sealed class SendOnce
{
    private static readonly HttpRequestOptionsKey<SendOnce> Key = new("send-once");

    private int _heads;

    /// <summary>Watches a request.</summary>
    public static void Guard(HttpRequestMessage request) => request.Options.Set(Key, new SendOnce());

    /// <summary>The handler's question. Every guarded request has exactly one User-Agent.</summary>
    public static Encoding EncodingOf(string header, HttpRequestMessage request)
    {
        if (header == "User-Agent" && request.Options.TryGetValue(Key, out var once) && ++once._heads > 1)
        {
            throw new RepeatRefusedException();
        }

        return Encoding.Latin1;
    }
}
