using System.Text;
using System.Text.Json;
using LlmDapr.Simulator.Answers;
using LlmDapr.Simulator.Calls;
using LlmDapr.Simulator.Errors;

namespace LlmDapr.Simulator.Chat;

/// <summary>The conversation of a request: role and text of each message, and what it counts.</summary>
/// <param name="Messages">In order. Parts that aren't text (images, audio) are left out.</param>
/// <param name="Tokens">Prompt tokens by the formula that OpenAI publishes for its chat models.</param>
internal sealed record ChatMessages(IReadOnlyList<(string Role, string Text)> Messages, int Tokens)
{
    private const int TokensPerMessage = 3;
    private const int TokensOfReply = 3;

    private static readonly string[] Roles = ["system", "developer", "user", "assistant", "tool", "function"];

    public static ChatMessages Read(JsonElement root)
    {
        JsonElement messages = root.Array("messages") ?? throw new RefusedException(ProviderErrors.Missing("messages"));
        if (messages.GetArrayLength() == 0)
        {
            throw new RefusedException(ProviderErrors.Invalid("Invalid 'messages': empty array. Expected an array with minimum length 1.", "messages", "empty_array"));
        }

        var read = new List<(string, string)>(messages.GetArrayLength());
        int count = TokensOfReply;
        foreach (JsonElement message in messages.EnumerateArray())
        {
            string path = $"messages[{read.Count}]";
            RequestFields.Expect(message, JsonValueKind.Object, path, "an object");
            string role = message.RequiredText("role", path + ".role");
            if (!Roles.Contains(role))
            {
                throw new RefusedException(ProviderErrors.WrongValue(path + ".role", "one of " + string.Join(", ", Roles.Select(r => $"'{r}'"))));
            }

            string text = Content(message, role, path + ".content");
            count += TokensPerMessage + TokenCounter.Count(role) + TokenCounter.Count(text);
            if (message.Text("name", path + ".name") is { } name)
            {
                count += 1 + TokenCounter.Count(name);
            }

            if (message.Array("tool_calls", path + ".tool_calls") is { } calls)
            {
                count += TokenCounter.Count(calls.GetRawText());
            }

            read.Add((role, text));
        }

        return new ChatMessages(read, count);
    }

    private static string Content(JsonElement message, string role, string path)
    {
        if (!message.TryField("content", out JsonElement content))
        {
            // An assistant message may have tool calls instead.
            return role == "assistant" ? "" : throw new RefusedException(ProviderErrors.Missing(path));
        }

        if (content.ValueKind == JsonValueKind.String)
        {
            return RequestFields.StringOf(content, path);
        }

        RequestFields.Expect(content, JsonValueKind.Array, path, "a string or an array of content parts");
        var text = new StringBuilder();
        int index = 0;
        foreach (JsonElement part in content.EnumerateArray())
        {
            string partPath = $"{path}[{index++}]";
            RequestFields.Expect(part, JsonValueKind.Object, partPath, "an object");
            if (part.RequiredText("type", partPath + ".type") == "text")
            {
                text.Append(part.RequiredText("text", partPath + ".text"));
            }
        }

        return text.ToString();
    }
}
