using System.Buffers;
using LlmDapr.Simulator.Answers;
using LlmDapr.Simulator.Behaviours;
using LlmDapr.Simulator.Calls;

namespace LlmDapr.Simulator.Chat;

/// <summary>Sends a chat completion in one piece, when its last token would be due.</summary>
internal sealed class ChatPlain(PlainBody body)
{
    public async Task SendAsync(ProviderCall call, ChatAnswer answer)
    {
        call.Pace.Advance(Math.Max(0, answer.Choices.Max(choice => choice.Pieces.Count) - 1));
        await call.Pace.WaitAsync(call.CallerGone);
        await body.SendAsync(call, Render(call, answer));
    }

    private static byte[] Render(ProviderCall call, ChatAnswer answer)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        string id = $"chatcmpl-{Guid.NewGuid():N}";
        ChatJson.WriteHead(output, id, "chat.completion", call);
        output.Write("\"choices\":["u8);
        foreach (ChatChoice choice in answer.Choices)
        {
            if (choice.Index > 0)
            {
                output.Write(","u8);
            }

            WriteChoice(output, id, call, answer, choice);
        }

        output.Write("],\"usage\":"u8);
        ChatJson.WriteUsage(output, answer);
        output.Write("}"u8);
        return output.WrittenSpan.ToArray();
    }

    private static void WriteChoice(ArrayBufferWriter<byte> output, string id, ProviderCall call, ChatAnswer answer, ChatChoice choice)
    {
        output.Write("{\"index\":"u8);
        ChatJson.WriteNumber(output, choice.Index);
        output.Write(",\"message\":{\"role\":\"assistant\",\"content\":"u8);
        if (choice.ToolName is { } tool)
        {
            output.Write("null,\"tool_calls\":[{\"id\":"u8);
            JsonText.Write(output, ChatJson.ToolCallId(id, choice.Index));
            output.Write(",\"type\":\"function\",\"function\":{\"name\":"u8);
            JsonText.Write(output, tool);
            output.Write(",\"arguments\":"u8);
            JsonText.Write(output, choice.Text);
            output.Write("}}]"u8);
        }
        else
        {
            JsonText.Write(output, choice.Text);
        }

        output.Write(",\"refusal\":null,\"annotations\":[]},\"logprobs\":"u8);
        if (answer.Request.Logprobs && choice.ToolName is null)
        {
            TokenOdds.Write(output, choice.Text, answer.Request.TopLogprobs);
        }
        else
        {
            output.Write("null"u8);
        }

        output.Write(",\"finish_reason\":"u8);
        if (call.Fault == Fault.NoFinish)
        {
            output.Write("null"u8);
        }
        else
        {
            JsonText.Write(output, choice.FinishReason);
        }

        output.Write("}"u8);
    }
}
