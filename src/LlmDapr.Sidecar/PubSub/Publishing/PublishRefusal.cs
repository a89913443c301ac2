namespace LlmDapr.Sidecar.PubSub.Publishing;

/// <summary>Why a publish was refused, for both APIs.</summary>
/// <param name="HttpStatus">The status of the HTTP API.</param>
/// <param name="GrpcCode">The code of the gRPC API.</param>
/// <param name="ErrorCode">The HTTP API's <c>errorCode</c>.</param>
/// <param name="Reason">The <c>reason</c> of the ErrorInfo detail.</param>
/// <param name="Message">What went wrong.</param>
/// <param name="ErrorMetadata">The <c>metadata</c> of the ErrorInfo detail, in the order in which it is written.</param>
/// <param name="Resource">The component's name, for the ResourceInfo detail; null = there is no such detail.</param>
internal sealed record PublishRefusal(
    int HttpStatus,
    int GrpcCode,
    string ErrorCode,
    string Reason,
    string Message,
    IReadOnlyList<KeyValuePair<string, string>> ErrorMetadata,
    string? Resource);
