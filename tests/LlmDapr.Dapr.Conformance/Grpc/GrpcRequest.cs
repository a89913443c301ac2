using System.Text.Json;
using System.Text.Json.Nodes;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Grpc.Core;
using LlmDapr.Dapr.Conformance.Recordings;

namespace LlmDapr.Dapr.Conformance.Grpc;

/// <summary>Turns a case's <c>send</c> into a call.</summary>
internal sealed record GrpcRequest(string Path, byte[] Message, Metadata Metadata)
{
    private const string Service = "/dapr.proto.runtime.v1.Dapr/";

    /// <summary>Reads a <c>send</c>.</summary>
    public static GrpcRequest Read(RecordedCase recorded, EtagHistory etags)
    {
        var send = recorded.Send;
        var metadata = new Metadata();
        if (send.TryGetProperty("metadata", out var given))
        {
            foreach (var entry in given.EnumerateArray())
            {
                metadata.Add(entry[0].GetString()!, entry[1].GetString()!);
            }
        }

        if (send.TryGetProperty("service", out var reflection))
        {
            return new GrpcRequest($"/{reflection.GetString()}/ServerReflectionInfo", [], metadata);
        }

        if (send.TryGetProperty("path", out var path))
        {
            return new GrpcRequest(path.GetString()!, send.GetProperty("payload_base64").GetBytesFromBase64(), metadata);
        }

        var rpc = send.GetProperty("rpc").GetString()!;
        var request = JsonNode.Parse(send.GetProperty("request").GetRawText())!;
        Fill(request, recorded.Name, "", etags);
        var input = DaprReflection.Descriptor.Services[0].FindMethodByName(rpc).InputType;
        return new GrpcRequest(Service + rpc, JsonParser.Default.Parse(request.ToJsonString(), input).ToByteArray(), metadata);
    }

    /// <summary>A long base64 text that the recording gives as its beginning, end and length; all of them are made of x.</summary>
    public static string Expand(string head, string tail, int chars) =>
        head + string.Concat(Enumerable.Repeat("eHh4", (chars - head.Length - tail.Length) / 4)) + tail;

    // Etags are those that this run has seen, and long values are written out.
    private static void Fill(JsonNode node, string name, string key, EtagHistory etags)
    {
        if (node is JsonObject map)
        {
            var own = (string?)map["key"] ?? key;
            foreach (var (field, value) in map.ToArray())
            {
                if (value is JsonObject { Count: 3 } cut && cut.ContainsKey("head"))
                {
                    map[field] = Expand((string)cut["head"]!, (string)cut["tail"]!, (int)cut["chars"]!);
                }
                else if (value is JsonValue text && text.GetValueKind() == JsonValueKind.String && (string?)text == "<uuid>")
                {
                    map[field] = etags.For(name, own);
                }
                else if (value is not null)
                {
                    Fill(value, name, own, etags);
                }
            }
        }
        else if (node is JsonArray list)
        {
            foreach (var item in list.OfType<JsonNode>())
            {
                Fill(item, name, key, etags);
            }
        }
    }
}
