using LlmDapr.Dapr.Conformance.Recordings;

namespace LlmDapr.Dapr.Conformance.Verdicts;

/// <summary>Cases of state-grpc.json that are about something that is not owed, whatever their group.</summary>
internal static class NotOwedStateGrpc
{
    private static readonly (string Prefix, string Reason)[] Rules =
    [
        ("tx", "not owed: transactions"),
        ("unknown-store-ExecuteStateTransaction", "not owed: transactions"),
        ("ExecuteStateTransaction", "not owed: transactions"),
        ("query", "not owed: query"),
        ("unknown-store-QueryStateAlpha1", "not owed: query"),
        ("QueryStateAlpha1", "not owed: query"),
        ("bulk-ps", "not owed: bulk publish"),
        ("bulk-unknown", "not owed: bulk publish"),
        ("bulk-empty-name", "not owed: bulk publish"),
        ("BulkPublishEvent", "not owed: bulk publish"),
        ("publish-ps-raw", "not owed: raw payload"),
        ("publish-psmem-raw", "not owed: raw payload"),
        ("invoke-", "not owed: invocation over gRPC (the list names cases of invoke.json)"),
        ("InvokeService", "not owed: invocation over gRPC (the list names cases of invoke.json)"),
        ("unknown-service-appid", "not owed: gRPC calls to apps; they are answered UNIMPLEMENTED"),
        ("binding", "not owed: bindings"),
        ("http-binding", "not owed: bindings"),
        ("configuration-", "not owed: configuration"),
        ("secret-", "not owed: secrets"),
        ("TryLock", "not owed: locks"),
        ("Unlock", "not owed: locks"),
        ("job-", "not owed: jobs"),
        ("actor-", "not owed: actors"),
        ("workflow-", "not owed: workflows, which are actors"),
        ("converse-", "not owed: conversation"),
        ("vector-newer", "an rpc of Dapr 1.19 on 1.18; the development sidecar knows it and says that it is not served"),
        ("http1-on-grpc-port", "Kestrel answers HTTP/1.1 on the gRPC port with a 400 that says what is wrong, daprd resets the connection"),
        ("trace-off-reflection", "not owed: reflection, which daprd serves with tracing off only"),
        ("token-reflection-good", "the recording does not show the token that was sent; reflection-v1 is the same case"),
        ("http-invoke-self", "not owed: the list names cases of invoke.json and basics.json"),
        ("http-bulk", "never imitate a lost value: daprd answers a bulk get with an empty body when one value is not JSON, the development sidecar with that key's error"),
    ];

    /// <summary>Why a case is not owed; null when no rule is about it.</summary>
    public static string? WhyNot(RecordedCase recorded)
    {
        if (recorded.File != "state-grpc")
        {
            return null;
        }

        foreach (var (prefix, reason) in Rules)
        {
            if (recorded.Name.StartsWith(prefix, StringComparison.Ordinal))
            {
                return reason;
            }
        }

        return null;
    }
}
