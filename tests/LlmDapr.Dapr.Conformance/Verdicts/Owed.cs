using LlmDapr.Dapr.Conformance.Recordings;

namespace LlmDapr.Dapr.Conformance.Verdicts;

/// <summary>What the development sidecar owes, after the README beside the recordings ("What the development sidecar owes").</summary>
public static class Owed
{
    private const string NoExchange = "not owed: no exchange, but what the recording's Redis held or how long it took";
    private const string Raw = "not owed: raw payload";
    private const string Undeliverable = "never imitate lost messages: daprd takes metadata that cannot become a header and loses the message; the development sidecar refuses it";

    private static readonly Dictionary<string, string[]> Groups = new(StringComparer.Ordinal)
    {
        ["invoke"] =
        [
            "form", "precedence", "verb", "query", "path", "shape", "no-id", "id", "unknown", "app-down", "no-app-port", "headers", "response",
            "status", "body", "limits", "stream", "stream-chunked-request", "stream-post", "leave",
        ],
        ["resiliency"] = ["none", "retry", "builtin", "matching", "breaker", "trip", "several", "scope", "invalid"],
        ["state-http"] = ["sqlite", "general"],
        ["state-components"] = ["prefix"],
        ["basics"] = ["waiting", "ready", "route", "metadata", "api-token", "app-token", "startup", "app-health", "shutdown"],
        ["state-grpc"] = ["sqlite", "general", "none-configured", "token"],
        ["sdk"] = ["sqlite", "token-good", "token-missing"],
        ["pubsub-publish"] = ["publish"],
        ["pubsub-deliver"] =
        [
            "start", "route", "decl", "deliver/plain", "deliver/dlq", "deliver/retry", "deliver/retry-nodlq", "deliver/match", "poison", "appdown",
        ],
    };

    // Operations that the README takes out of owed groups, by how a case's name begins.
    private static readonly (string File, string Name, string Reason)[] Parts =
    [
        ("state-http/sqlite/", "tx-", "not owed: transactions"),
        ("state-http/sqlite/", "query-", "not owed: query"),
    ];

    // Single cases of owed groups for which another rule of the README holds.
    private static readonly Dictionary<string, string> Exceptions = new(StringComparer.Ordinal)
    {
        ["invoke/body/4MiB-plus-1-chunked"] = "never imitate a corrupted value: daprd passes a body without its last byte, the development sidecar refuses it",
        ["invoke/headers/identity-spoofed"] = "never imitate a corrupted value: daprd 1.18 passes a made-up caller identity beside the true one; 1.19 and the development sidecar drop it",
        ["basics/shutdown/remote-stream-post-and-new-call"] = "never imitate lost messages: daprd cuts other sidecars' streams when one new call meets its shutdown",
        ["basics/shutdown/remote-stream-sigterm-and-new-call"] = "never imitate lost messages: daprd cuts other sidecars' streams when one new call meets its shutdown",
        ["resiliency/breaker/with-timeout"] = "not owed: timeouts",
        ["state-http/sqlite/value-big-number-get"] = "never imitate a corrupted value: daprd changes 12345678901234567890, the development sidecar keeps it",
        ["basics/route/v1.0/actors/T/1/method/m"] = "not owed: actors",
        ["basics/route/v1.0/secrets/x/y"] = "not owed: secrets",
        ["basics/route/v1.0/configuration/x"] = "not owed: configuration",
        ["basics/route/v1.0-alpha1/configuration/x"] = "not owed: configuration",
        ["basics/route/v1.0/workflows/dapr/x"] = "not owed: workflows, which are actors",
        ["start/wildcard"] = "the broker answers as Redis, which takes a topic literally (publish/wildcard-redis); this recording's is in-memory",
        ["publish/setup"] = NoExchange,
        ["publish/slashes-double-streams"] = NoExchange,
        ["publish/wildcard-streams"] = NoExchange,
        ["publish/latency"] = NoExchange,
        ["publish/raw"] = Raw,
        ["publish/raw-text"] = Raw,
        ["publish/raw-ce"] = Raw,
        ["publish/raw-ce-ct"] = Raw,
        ["publish/raw-to-raw"] = Raw,
        ["publish/raw-to-raw-text"] = Raw,
        ["publish/cooked-to-raw"] = Raw,
        ["publish/raw-ttl"] = Raw,
        ["publish/trace-sampling1-raw"] = Raw,
        ["publish/topic-query"] = Undeliverable,
        ["publish/meta-empty-key"] = Undeliverable,
        ["publish/meta-bad-name"] = Undeliverable,
        ["publish/meta-nonascii-key"] = Undeliverable,
        ["publish/meta-newline"] = Undeliverable,
    };

    /// <summary>Why a case is not owed; null when it is.</summary>
    public static string? WhyNot(RecordedCase recorded) =>
        Exceptions.TryGetValue(recorded.Id, out var reason) ? reason
        : (NotOwedStateGrpc.WhyNot(recorded) ?? NotOwedSdk.WhyNot(recorded)) is { } rule ? rule
        : Parts.FirstOrDefault(part => recorded.Id.StartsWith(part.File, StringComparison.Ordinal) && recorded.Name.StartsWith(part.Name, StringComparison.Ordinal)) is { Reason: { } part } ? part
        : recorded.File == "state-components" && recorded.Name.EndsWith("/physical", StringComparison.Ordinal) ? "not owed: how Redis holds keys"
        : Groups[recorded.File].Contains(recorded.Group, StringComparer.Ordinal) ? null
        : $"not owed: the README's list for {recorded.File} has no '{recorded.Group}'";

    /// <summary>The owed cases of a file whose group is one of those given (all groups when none is).</summary>
    public static IEnumerable<string> Ids(string file, params string[] groups) => RecordingFile.Load(file).Values
        .Where(recorded => WhyNot(recorded) is null && (groups.Length == 0 || groups.Contains(recorded.Group, StringComparer.Ordinal)))
        .Select(recorded => recorded.Id);
}
