using LlmDapr.Sidecar.Hosting;
using LlmDapr.Sidecar.Telemetry;

namespace LlmDapr.Sidecar.Invocation;

/// <summary>One call of service invocation: what is the same for all of its attempts.</summary>
internal sealed class InvocationCall
{
    /// <summary>Takes the call from a request.</summary>
    public InvocationCall(HttpContext context, SidecarInstance caller, InvocationTarget target, string query, TraceContext trace)
    {
        var request = context.Request;
        Context = context;
        Caller = caller;
        Target = target;
        Query = query;
        Trace = trace;
        Verb = AppVerb(request.Method);
        HasLength = request.Headers.TransferEncoding.Count == 0;
        ExactEventStream = EventStream.IsExact(request.Headers.Accept);
        AsksForGzip = request.Headers.AcceptEncoding.Count == 0 && request.Headers.Range.Count == 0 && Verb != HttpMethod.Head;
        DropsApiToken = caller.Options.DaprApiToken is not null;
    }

    public HttpContext Context { get; }

    public SidecarInstance Caller { get; }

    public InvocationTarget Target { get; }

    /// <summary>The query with its <c>?</c>, verbatim.</summary>
    public string Query { get; }

    public TraceContext Trace { get; }

    /// <summary>The verb that the app gets: daprd turns every verb that it does not know into a POST.</summary>
    public HttpMethod Verb { get; }

    /// <summary>False for a chunked request: it streams and is never repeated.</summary>
    public bool HasLength { get; }

    /// <summary>Whether the caller accepts event streams and nothing else.</summary>
    public bool ExactEventStream { get; }

    /// <summary>Whether the sidecar asks for gzip on its own account, and so unpacks it.</summary>
    public bool AsksForGzip { get; }

    /// <summary>Whether the caller's <c>dapr-api-token</c> was for this sidecar and does not pass.</summary>
    public bool DropsApiToken { get; }

    /// <summary>How the target is reached; known when it is resolved.</summary>
    public ChannelKind Kind { get; set; }

    /// <summary>The other sidecar whose app is asked; null for the own app and for addresses.</summary>
    public SidecarInstance? Callee { get; set; }

    /// <summary>The body of an error answer that may still be replaced by a further attempt's.</summary>
    public ReadOnlyMemory<byte> PendingBody { get; set; }

    /// <summary>Set when the request's body turned out longer than is allowed.</summary>
    public bool BodyTooLarge { get; set; }

    /// <summary>How many attempts have reached an app's channel.</summary>
    public int Attempts { get; set; }

    /// <summary>What daprd says before an error on the far side of a call to another app.</summary>
    public string FarSide => Kind == ChannelKind.Remote ? "rpc error: code = Internal desc = error invoking app channel: " : "";

    private static HttpMethod AppVerb(string verb) => verb.ToUpperInvariant() switch
    {
        "GET" => HttpMethod.Get,
        "HEAD" => HttpMethod.Head,
        "PUT" => HttpMethod.Put,
        "PATCH" => HttpMethod.Patch,
        "DELETE" => HttpMethod.Delete,
        "OPTIONS" => HttpMethod.Options,
        "TRACE" => HttpMethod.Trace,
        _ => HttpMethod.Post,
    };
}
