using LlmDapr.Dapr.Conformance.Wire;

namespace LlmDapr.Dapr.Conformance.App;

/// <summary>What the recorded app got, and what became of the connection meanwhile.</summary>
public sealed class ReceivedRequest(string method, string target, string version, HeaderList headers, string framing, byte[] body, double atMs)
{
    /// <summary>The verb.</summary>
    public string Method { get; } = method;

    /// <summary>The request target, verbatim.</summary>
    public string Target { get; } = target;

    /// <summary>HTTP/1.1.</summary>
    public string Version { get; } = version;

    /// <summary>Header lines in wire order.</summary>
    public HeaderList Headers { get; } = headers;

    /// <summary>length, chunked or none.</summary>
    public string Framing { get; } = framing;

    /// <summary>The whole body.</summary>
    public byte[] Body { get; } = body;

    /// <summary>Milliseconds since the app's log was last cleared.</summary>
    public double AtMs { get; } = atMs;

    /// <summary>When the app saw that the caller had left in the middle of its answer.</summary>
    public double? AbortMs { get; set; }

    /// <summary>When the app had written its whole answer.</summary>
    public double? FinishedMs { get; set; }

    /// <summary>Events that a stream has written.</summary>
    public int EventsWritten { get; set; }
}
