namespace LlmDapr.Simulator.Behaviours;

/// <summary>What goes wrong with an answer. "After" is the number of tokens that still arrive.</summary>
internal enum Fault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Never answers: no headers, until the caller leaves.</summary>
    Hang,

    /// <summary>The connection is reset before any header.</summary>
    Reset,

    /// <summary>The connection ends after some tokens, without the last chunk; a plain body is shorter than its Content-Length.</summary>
    Cut,

    /// <summary>Goes silent after some tokens, until the caller leaves.</summary>
    Stall,

    /// <summary>One event of the stream isn't JSON, then it goes on; a plain body isn't JSON.</summary>
    BadJson,

    /// <summary>A stream without <c>[DONE]</c> that otherwise ends well.</summary>
    NoDone,

    /// <summary>No finish reason: the stream's finish chunk is missing, a plain choice has <c>null</c>.</summary>
    NoFinish,

    /// <summary>A well-formed end of the body after some tokens: no finish chunk, no <c>[DONE]</c>; a plain body ends in the middle.</summary>
    End,

    /// <summary>200 with an HTML page, as a proxy in between sends it.</summary>
    Html200,

    /// <summary>After some tokens an error object instead of a chunk, then the end; plain: 200 with an error object.</summary>
    ErrorInStream,

    /// <summary>400 <c>context_length_exceeded</c>.</summary>
    Context,

    /// <summary>429 <c>insufficient_quota</c>.</summary>
    Quota,

    /// <summary>401 <c>invalid_api_key</c>.</summary>
    Key401,

    /// <summary>Waits after some tokens (a plain answer: before anything) for <c>POST /control/release</c>.</summary>
    Gate,
}
