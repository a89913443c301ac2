using System.Globalization;
using System.Text;

namespace LlmDapr.PromptCache.Answers;

/// <summary>Puts one choice of a stream together. Not thread-safe.</summary>
internal sealed class ChoiceAssembler
{
    private static readonly AnswerNode.Text Assistant = new("assistant"u8.ToArray());

    private readonly AnswerNode.Object _message = new();
    private readonly AnswerNode.Object _others = new();
    private readonly ToolCallAssembler _toolCalls = new();
    private AnswerNode _finishReason = AnswerNode.Literal.Null;
    private AnswerNode? _logprobs;

    /// <summary>Whether the provider has said why it stopped.</summary>
    public bool IsFinished => _finishReason is AnswerNode.Text { IsEmpty: false };

    public void Take(AnswerNode.Object choice)
    {
        foreach (var (name, value) in choice.Members)
        {
            switch (name)
            {
                case "index":
                    break;

                case "delta":
                    TakeDelta(value);
                    break;

                case "finish_reason":
                    _finishReason = value is AnswerNode.Text { IsEmpty: false } ? value : _finishReason;
                    break;

                case "logprobs":
                    _logprobs = DeltaMerge.Merge(_logprobs, value, name, growing: false);
                    break;

                default:
                    _others[name] = DeltaMerge.Merge(_others[name], value, name, growing: false);
                    break;
            }
        }
    }

    public AnswerNode.Object Finish(int index)
    {
        var message = new AnswerNode.Object();
        message.Add("role", _message["role"] is AnswerNode.Text { IsEmpty: false } role ? role : Assistant);

        // Of a plain answer it is a required field, which a stream of tool calls may leave out.
        message.Add("content", _message["content"] ?? AnswerNode.Literal.Null);
        foreach (var (name, value) in _message.Members)
        {
            if (name is not ("role" or "content"))
            {
                message.Add(name, value);
            }
        }

        if (_toolCalls.Finish() is { } calls)
        {
            message["tool_calls"] = calls;
        }

        var choice = new AnswerNode.Object();
        choice.Add("index", new AnswerNode.Literal(Encoding.ASCII.GetBytes(index.ToString(CultureInfo.InvariantCulture))));
        choice.Add("message", message);
        if (_logprobs is not null)
        {
            choice.Add("logprobs", _logprobs);
        }

        choice.Add("finish_reason", _finishReason);
        choice.Members.AddRange(_others.Members);
        return choice;
    }

    private void TakeDelta(AnswerNode delta)
    {
        foreach (var (name, value) in (delta as AnswerNode.Object)?.Members ?? [])
        {
            if (name == "tool_calls" && value is AnswerNode.Array calls)
            {
                _toolCalls.Take(calls);
            }
            else
            {
                _message[name] = DeltaMerge.Merge(_message[name], value, name, growing: true);
            }
        }
    }
}
