using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using LlmDapr.Simulator.Calls;
using LlmDapr.Simulator.Chat;

namespace LlmDapr.Simulator.Embeddings;

/// <summary>An embeddings request with its answer.</summary>
internal sealed class EmbeddingAnswer(IReadOnlyList<EmbeddingInput> inputs, int dimensions, bool base64, PlainBody body) : PreparedAnswer
{
    public override int PromptTokens { get; } = inputs.Sum(input => input.TokenCount);

    public override int CompletionTokens => 0;

    public override int ReservedTokens => PromptTokens;

    public override async Task WriteAsync(ProviderCall call)
    {
        await call.Pace.WaitAsync(call.CallerGone);
        await body.SendAsync(call, Render(call));
    }

    private byte[] Render(ProviderCall call)
    {
        var output = new ArrayBufferWriter<byte>(inputs.Count * dimensions * 10);
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        for (int i = 0; i < inputs.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString("object", "embedding");
            json.WriteNumber("index", i);
            WriteVector(json, inputs[i].Vector(dimensions));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("model", call.Model);
        if (call.Behaviour.EchoRaw)
        {
            json.WritePropertyName("x_unknown");
            json.WriteRawValue(ChatJson.UnknownValue);
        }

        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", PromptTokens);
        json.WriteNumber("total_tokens", PromptTokens);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return output.WrittenSpan.ToArray();
    }

    // Base64 is of little-endian 32-bit floats, as OpenAI's SDKs ask for by default.
    private void WriteVector(Utf8JsonWriter json, float[] vector)
    {
        if (base64)
        {
            json.WriteBase64String("embedding", MemoryMarshal.AsBytes(vector.AsSpan()));
            return;
        }

        json.WriteStartArray("embedding");
        foreach (float value in vector)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }
}
