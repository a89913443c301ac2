using Grpc.Core;

namespace LlmDapr.Dapr.Conformance.Grpc;

/// <summary>What a unary call came to.</summary>
/// <param name="Status">The status.</param>
/// <param name="Message">The answer's bytes; null when there is none.</param>
/// <param name="Headers">The initial metadata.</param>
/// <param name="Details">The trailer grpc-status-details-bin, or null.</param>
internal sealed record GrpcAnswer(Status Status, byte[]? Message, Metadata Headers, byte[]? Details);
