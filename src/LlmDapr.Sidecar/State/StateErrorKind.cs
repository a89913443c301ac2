namespace LlmDapr.Sidecar.State;

/// <summary>Kinds of errors, one for each code that the APIs answer with.</summary>
internal enum StateErrorKind
{
    /// <summary>HTTP 500, gRPC INTERNAL: the store failed, or an option or TTL is none.</summary>
    Failed,

    /// <summary>HTTP 409, gRPC ABORTED.</summary>
    EtagMismatch,

    /// <summary>HTTP 400, gRPC INVALID_ARGUMENT, both with details: nothing was done.</summary>
    IllegalKey,
}
