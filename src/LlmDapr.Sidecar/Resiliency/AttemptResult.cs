namespace LlmDapr.Sidecar.Resiliency;

/// <summary>What became of one attempt.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Status">The app's HTTP status, or 0.</param>
/// <param name="GrpcCode">14 Unavailable, 13 Internal, 2 Unknown…; 0 when answered.</param>
/// <param name="Error">daprd's error text (what follows <c>err: </c>).</param>
/// <param name="Committed">Bytes already went to the caller: never retried; its status decides success.</param>
internal readonly record struct AttemptResult(AttemptEnd End, int Status, int GrpcCode, string? Error, bool Committed);
