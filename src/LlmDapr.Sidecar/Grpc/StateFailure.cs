using Google.Rpc;
using Grpc.Core;
using LlmDapr.Sidecar.State;

namespace LlmDapr.Sidecar.Grpc;

/// <summary>The state engine's errors in the words and codes of the gRPC API.</summary>
internal static class StateFailure
{
    /// <summary>The app has no store of this name, or none at all.</summary>
    public static RpcException NoStore(string name, bool others) => others
        ? RpcFailure.Create(StatusCode.InvalidArgument, $"state store {name} is not found", RpcFailure.Info("DAPR_STATE_NOT_FOUND"))
        : RpcFailure.Create(StatusCode.FailedPrecondition, $"state store {name} is not configured", RpcFailure.Info("DAPR_STATE_NOT_CONFIGURED"));

    /// <summary>An item to save has no key.</summary>
    public static RpcException EmptyKey() =>
        RpcFailure.Create(StatusCode.InvalidArgument, "state key cannot be empty", RpcFailure.Info("ERR_STATE_SAVE"));

    /// <summary>A read failed.</summary>
    public static RpcException OfGet(StateError error, string store, string key) =>
        Create(error, store, $"fail to get {key} from state store {store}: {error.Text}", "ERR_STATE_GET");

    /// <summary>A save failed.</summary>
    public static RpcException OfSave(StateError error, string store) =>
        Create(error, store, $"failed saving state in state store {store}: {error.Text}", "ERR_STATE_SAVE");

    /// <summary>A delete failed.</summary>
    public static RpcException OfDelete(StateError error, string store, string key) =>
        Create(error, store, $"failed deleting state with key {key}: {error.Text}", "ERR_STATE_DELETE");

    /// <summary>A bulk delete failed.</summary>
    public static RpcException OfBulkDelete(StateError error, string store) =>
        Create(error, store, $"failed deleting state in state store {store}: {error.Text}", "ERR_STATE_BULK_DELETE");

    private static RpcException Create(StateError error, string store, string message, string reason) => error.Kind switch
    {
        StateErrorKind.IllegalKey => IllegalKey(error, store),
        StateErrorKind.EtagMismatch => RpcFailure.Create(StatusCode.Aborted, message, RpcFailure.Info(reason)),
        _ => RpcFailure.Create(StatusCode.Internal, message, RpcFailure.Info(reason)),
    };

    private static RpcException IllegalKey(StateError error, string store)
    {
        var request = new BadRequest();
        request.FieldViolations.Add(new BadRequest.Types.FieldViolation { Field = error.Key ?? "", Description = error.Text });
        return RpcFailure.Create(
            StatusCode.InvalidArgument,
            error.Text,
            request,
            new ResourceInfo { ResourceType = "state", ResourceName = store },
            RpcFailure.Info("DAPR_STATE_ILLEGAL_KEY"));
    }
}
