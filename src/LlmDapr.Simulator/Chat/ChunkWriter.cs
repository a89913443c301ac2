using System.Buffers;
using LlmDapr.Simulator.Answers;
using LlmDapr.Simulator.Calls;

namespace LlmDapr.Simulator.Chat;

/// <summary>Writes the chunks of one stream. What is the same in all of them is rendered once.</summary>
internal sealed class ChunkWriter
{
    private readonly IBufferWriter<byte> _output;
    private readonly ChatAnswer _answer;
    private readonly string _id = $"chatcmpl-{Guid.NewGuid():N}";
    private readonly byte[] _head;

    public ChunkWriter(IBufferWriter<byte> output, ProviderCall call, ChatAnswer answer)
    {
        _output = output;
        _answer = answer;
        var head = new ArrayBufferWriter<byte>(256);
        head.Write("data: "u8);
        ChatJson.WriteHead(head, _id, "chat.completion.chunk", call);
        head.Write("\"choices\":["u8);
        _head = head.WrittenSpan.ToArray();
    }

    /// <summary>The first chunk of a choice: its role and, for a tool call, which function.</summary>
    public void Role(ChatChoice choice)
    {
        Begin(choice);
        _output.Write("{\"role\":\"assistant\",\"content\":"u8);
        if (choice.ToolName is { } tool)
        {
            _output.Write("null,\"tool_calls\":[{\"index\":0,\"id\":"u8);
            JsonText.Write(_output, ChatJson.ToolCallId(_id, choice.Index));
            _output.Write(",\"type\":\"function\",\"function\":{\"name\":"u8);
            JsonText.Write(_output, tool);
            _output.Write(",\"arguments\":\"\"}}]"u8);
        }
        else
        {
            _output.Write("\"\""u8);
        }

        _output.Write(",\"refusal\":null},\"logprobs\":null,\"finish_reason\":null}]"u8);
        End();
    }

    /// <summary>A piece of content or of a tool call's arguments.</summary>
    public void Piece(ChatChoice choice, string piece)
    {
        Begin(choice);
        if (choice.ToolName is not null)
        {
            _output.Write("{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":"u8);
            JsonText.Write(_output, piece);
            _output.Write("}}]},\"logprobs\":null"u8);
        }
        else
        {
            _output.Write("{\"content\":"u8);
            JsonText.Write(_output, piece);
            _output.Write("},\"logprobs\":"u8);
            if (_answer.Request.Logprobs)
            {
                TokenOdds.Write(_output, piece, _answer.Request.TopLogprobs);
            }
            else
            {
                _output.Write("null"u8);
            }
        }

        _output.Write(",\"finish_reason\":null}]"u8);
        End();
    }

    /// <summary>The last chunk of a choice.</summary>
    public void Finish(ChatChoice choice)
    {
        Begin(choice);
        _output.Write("{},\"logprobs\":null,\"finish_reason\":"u8);
        JsonText.Write(_output, choice.FinishReason);
        _output.Write("}]"u8);
        End();
    }

    /// <summary>The chunk without choices, when the request asks for it.</summary>
    public void Usage()
    {
        _output.Write(_head);
        _output.Write("],\"usage\":"u8);
        ChatJson.WriteUsage(_output, _answer);
        _output.Write("}\n\n"u8);
    }

    /// <summary>An event whose data breaks off in the middle of its JSON.</summary>
    public void Broken()
    {
        _output.Write(_head);
        _output.Write("{\"index\":0,\"delta\":{\"content\":\"bro\n\n"u8);
    }

    private void Begin(ChatChoice choice)
    {
        _output.Write(_head);
        _output.Write("{\"index\":"u8);
        ChatJson.WriteNumber(_output, choice.Index);
        _output.Write(",\"delta\":"u8);
    }

    private void End() => _output.Write(_answer.Request.IncludeUsage ? ",\"usage\":null}\n\n"u8 : "}\n\n"u8);
}
