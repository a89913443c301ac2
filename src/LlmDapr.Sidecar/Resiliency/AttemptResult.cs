namespace LlmDapr.Sidecar.Resiliency;

/// <summary>What one attempt came to.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Status">The app's HTTP status, or 0.</param>
/// <param name="GrpcCode">The gRPC code that daprd's error carries (14 Unavailable, 13 Internal, 2 Unknown…), or 0.</param>
/// <param name="Error">daprd's error text, the part after "err: ".</param>
/// <param name="Committed">Bytes already went to the caller: never repeated, and the status alone decides success.</param>
internal readonly record struct AttemptResult(AttemptEnd End, int Status, int GrpcCode, string? Error, bool Committed)
{
    private const int Cancelled = 1;
    private const int Unavailable = 14;
    private const int Unauthenticated = 16;

    /// <summary>2xx and 3xx. A body that the app cut short looks clean to daprd and stays a success; every 4xx is a failure.</summary>
    public bool IsSuccess => End == AttemptEnd.Answered && Status is >= 200 and <= 399;

    /// <summary>No connection to the other sidecar came about: the only thing that the built-in retries repeat.</summary>
    public bool IsUnreachable => End == AttemptEnd.Failed && !Committed && GrpcCode is Unavailable or Unauthenticated;

    public static AttemptResult Left() => new(AttemptEnd.CallerLeft, 0, Cancelled, "context canceled", false);
}
