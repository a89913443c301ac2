using System.Text.Encodings.Web;
using System.Text.Json;

namespace LlmDapr.Dapr.Conformance.Recordings;

/// <summary>JSON with as few escapes as the recordings' client wrote.</summary>
internal static class PlainJson
{
    /// <summary>The options.</summary>
    public static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
