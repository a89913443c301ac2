using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using RpcMetadata = Grpc.Core.Metadata;
using RpcStatus = Google.Rpc.Status;
using Status = Grpc.Core.Status;

namespace LlmDapr.Sidecar.Grpc;

/// <summary>Failures with the details that daprd adds to them, in the trailer <c>grpc-status-details-bin</c>.</summary>
internal static class RpcFailure
{
    /// <summary>The trailer's name.</summary>
    public const string DetailsTrailer = "grpc-status-details-bin";

    private const string Domain = "dapr.io";

    /// <summary>A failure to throw.</summary>
    /// <param name="code">The status.</param>
    /// <param name="message">What went wrong.</param>
    /// <param name="details">Messages of <c>google/rpc/error_details.proto</c>, in daprd's order.</param>
    public static RpcException Create(StatusCode code, string message, params ReadOnlySpan<IMessage> details) =>
        new(new Status(code, message), new RpcMetadata { { DetailsTrailer, Details(code, message, details) } });

    /// <summary>What the trailer holds.</summary>
    public static byte[] Details(StatusCode code, string message, params ReadOnlySpan<IMessage> details)
    {
        var status = new RpcStatus { Code = (int)code, Message = message };
        foreach (var detail in details)
        {
            status.Details.Add(Any.Pack(detail));
        }

        return status.ToByteArray();
    }

    /// <summary>The detail that names the kind of failure.</summary>
    public static ErrorInfo Info(string reason, params ReadOnlySpan<KeyValuePair<string, string>> metadata)
    {
        var info = new ErrorInfo { Reason = reason, Domain = Domain };
        foreach (var (key, value) in metadata)
        {
            info.Metadata[key] = value;
        }

        return info;
    }
}
