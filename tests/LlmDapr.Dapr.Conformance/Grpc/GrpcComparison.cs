using System.Text.Json;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using LlmDapr.Dapr.Conformance.Comparison;
using LlmDapr.Dapr.Conformance.Recordings;
using RpcStatus = Google.Rpc.Status;

namespace LlmDapr.Dapr.Conformance.Grpc;

/// <summary>Compares what a call came to with a case's <c>receive</c>: code, message, details, answer, initial metadata (but for the server's date).</summary>
internal static class GrpcComparison
{
    private static readonly JsonFormatter Format = new(JsonFormatter.Settings.Default
        .WithPreserveProtoFieldNames(true)
        .WithTypeRegistry(TypeRegistry.FromMessages(ErrorInfo.Descriptor, BadRequest.Descriptor, ResourceInfo.Descriptor)));

    /// <summary>Adds what differs.</summary>
    public static void Compare(RecordedCase recorded, GrpcAnswer actual, Placeholders placeholders, List<string> differences)
    {
        var receive = recorded.Receive;
        var code = receive.GetProperty("code").GetString()!;
        var actualCode = CodeName(actual.Status.StatusCode);
        if (code != actualCode)
        {
            differences.Add($"code is {actualCode} ({actual.Status.Detail}), recorded {code}");
            return;
        }

        if (receive.TryGetProperty("details", out var message) && !placeholders.Match(message.GetString()!, actual.Status.Detail))
        {
            differences.Add($"message is {actual.Status.Detail}, recorded {message.GetString()}");
        }

        CompareDetails(receive, actual, placeholders, differences);
        if (receive.TryGetProperty("response", out var response) && actual.Message is not null)
        {
            JsonComparison.Compare("answer", response, Answer(recorded, actual.Message), placeholders, differences);
        }

        foreach (var header in actual.Headers.Where(header => header.Key is not "date"))
        {
            differences.Add($"initial metadata {header.Key} was not recorded");
        }
    }

    /// <summary>An answer as protobuf JSON with the names of the .proto file.</summary>
    public static JsonElement Answer(RecordedCase recorded, byte[] message)
    {
        var output = DaprReflection.Descriptor.Services[0].FindMethodByName(recorded.Send.GetProperty("rpc").GetString()!).OutputType;
        return JsonDocument.Parse(Format.Format(output.Parser.ParseFrom(message))).RootElement;
    }

    private static void CompareDetails(JsonElement receive, GrpcAnswer actual, Placeholders placeholders, List<string> differences)
    {
        var wanted = receive.TryGetProperty("trailing_metadata", out var trailers) && trailers.GetArrayLength() > 0;
        if (wanted != (actual.Details is not null))
        {
            differences.Add($"grpc-status-details-bin is {(wanted ? "missing" : "there, but was not recorded")}");
            return;
        }

        if (actual.Details is null)
        {
            return;
        }

        var status = RpcStatus.Parser.ParseFrom(actual.Details);
        if (status.Code != (int)actual.Status.StatusCode || status.Message != actual.Status.Detail)
        {
            differences.Add($"the details are those of another status: {status.Code} {status.Message}");
        }

        if (receive.TryGetProperty("error_details", out var recorded))
        {
            var details = JsonDocument.Parse($"[{string.Join(',', status.Details.Select(detail => Format.Format(detail)))}]").RootElement;
            JsonComparison.Compare("details", recorded, details, placeholders, differences);
        }
    }

    // DEADLINE_EXCEEDED for DeadlineExceeded.
    private static string CodeName(global::Grpc.Core.StatusCode code) =>
        code == global::Grpc.Core.StatusCode.OK
            ? "OK"
            : string.Concat(code.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : char.ToUpperInvariant(c).ToString()));
}
