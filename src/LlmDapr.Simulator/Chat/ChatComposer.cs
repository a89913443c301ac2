using LlmDapr.Simulator.Answers;
using LlmDapr.Simulator.Behaviours;

namespace LlmDapr.Simulator.Chat;

/// <summary>Makes the answer of a request: nothing but the request decides it.</summary>
internal static class ChatComposer
{
    /// <summary>Characters of a stream's piece of JSON, which has few spaces.</summary>
    private const int JsonPiece = 8;

    public static IReadOnlyList<ChatChoice> Compose(ChatRequest request, Behaviour behaviour) =>
        [.. Enumerable.Range(0, request.Choices).Select(index => Choice(request, behaviour, index))];

    private static string Stopped(string text, IReadOnlyList<string> stops)
    {
        foreach (string stop in stops)
        {
            int at = stop.Length == 0 ? -1 : text.IndexOf(stop, StringComparison.Ordinal);
            if (at >= 0)
            {
                text = text[..at];
            }
        }

        return text;
    }

    private static List<string> JsonPieces(string json)
    {
        var pieces = new List<string>();
        int start = 0;
        while (start < json.Length)
        {
            int end = Math.Min(json.Length, start + JsonPiece);
            if (end < json.Length && char.IsLowSurrogate(json[end]))
            {
                end++;
            }

            pieces.Add(json[start..end]);
            start = end;
        }

        return pieces;
    }

    private static ChatChoice Choice(ChatRequest request, Behaviour behaviour, int index)
    {
        (string question, string? begun) = Conversation.Read(request.Conversation.Messages);
        ulong seed = SplitMix.SeedOf(question) + (ulong)index;
        bool json = request.Tool is not null || request.Format is not null;
        string text = request switch
        {
            { Tool: { } tool } => SchemaAnswer.Render(tool.Parameters, seed),
            { Format: { } format } => SimulatedAnswer.Continue(SchemaAnswer.Render(format.Schema, seed), begun),
            _ => SimulatedAnswer.Continue(SimulatedAnswer.Words(question, behaviour.Words, index), begun),
        };

        string finish = request.Tool is { Forced: false } ? "tool_calls" : "stop";
        text = request.Tool is null ? Stopped(text, request.Stops) : text;
        int count = TokenCounter.Count(text);
        if (request.MaxTokens is { } max && count > max)
        {
            text = TokenCounter.Truncate(text, max);
            count = TokenCounter.Count(text);
            finish = "length";
        }

        return new ChatChoice(index, json ? JsonPieces(text) : SimulatedAnswer.Pieces(text), request.Tool?.Name, finish, count);
    }
}
