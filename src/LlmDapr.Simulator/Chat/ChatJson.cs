using System.Buffers;
using System.Globalization;
using System.Text;
using LlmDapr.Simulator.Answers;
using LlmDapr.Simulator.Calls;

namespace LlmDapr.Simulator.Chat;

/// <summary>Parts of the wire format that plain answers and chunks share.</summary>
internal static class ChatJson
{
    /// <summary>Unknown to every SDK, and written as no serializer would: <c>echo=raw</c> shows whether bytes pass unchanged.</summary>
    public static ReadOnlySpan<byte> UnknownValue => "{\"a\":1.0e0,\"b\":\"\\u00e9\"}"u8;

    /// <summary>Everything before <c>"choices"</c>.</summary>
    public static void WriteHead(IBufferWriter<byte> output, string id, string kind, ProviderCall call)
    {
        output.Write("{\"id\":"u8);
        JsonText.Write(output, id);
        output.Write(",\"object\":"u8);
        JsonText.Write(output, kind);
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $",\"created\":{call.CreatedAt},\"model\":"), output);
        JsonText.Write(output, call.Model);
        output.Write(",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_simulator\","u8);
        if (call.Behaviour.EchoRaw)
        {
            output.Write("\"x_unknown\":"u8);
            output.Write(UnknownValue);
            output.Write(","u8);
        }
    }

    public static void WriteUsage(IBufferWriter<byte> output, ChatAnswer answer)
    {
        int prompt = answer.PromptTokens;
        int completion = answer.CompletionTokens;
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"prompt_tokens\":{prompt},\"completion_tokens\":{completion},\"total_tokens\":{prompt + completion},"), output);
        output.Write("\"prompt_tokens_details\":{\"cached_tokens\":0,\"audio_tokens\":0},"u8);
        output.Write("\"completion_tokens_details\":{\"reasoning_tokens\":0,\"audio_tokens\":0,\"accepted_prediction_tokens\":0,\"rejected_prediction_tokens\":0}}"u8);
    }

    public static void WriteNumber(IBufferWriter<byte> output, int number)
    {
        Span<byte> digits = output.GetSpan(11);
        System.Buffers.Text.Utf8Formatter.TryFormat(number, digits, out int written);
        output.Advance(written);
    }

    /// <summary>A tool call's id: the same for the same answer, another for each choice.</summary>
    public static string ToolCallId(string answerId, int choice) => string.Create(CultureInfo.InvariantCulture, $"call_{answerId[^20..]}{choice:D3}");
}
