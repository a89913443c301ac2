namespace LlmDapr.Simulator.Answers;

/// <summary>What of a conversation decides the answer.</summary>
internal static class Conversation
{
    /// <summary>The last user message (else the last message), and the assistant message at the end that is to be continued.</summary>
    public static (string Question, string? Begun) Read(IEnumerable<(string Role, string Text)> messages)
    {
        string? question = null;
        (string Role, string Text) last = ("", "");
        foreach ((string Role, string Text) message in messages)
        {
            last = message;
            if (message.Role == "user")
            {
                question = message.Text;
            }
        }

        bool continues = last.Role == "assistant";
        return (question ?? (continues ? "" : last.Text), continues ? last.Text : null);
    }
}
