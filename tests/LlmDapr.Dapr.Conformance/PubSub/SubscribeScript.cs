using System.Text.Json;
using LlmDapr.Dapr.Conformance.App;

namespace LlmDapr.Dapr.Conformance.PubSub;

/// <summary>What a case's app answers to <c>/dapr/subscribe</c>: a list of subscriptions, or a list of scripted answers, the last for all further calls.</summary>
internal static class SubscribeScript
{
    /// <summary>Sets an app up as the case's <c>subscription</c> says; a case without one has an app that does not know the path.</summary>
    public static void Give(RecordedApp app, JsonElement subscription) => app.Scripts["/dapr/subscribe"] = async (at, cancel) =>
    {
        if (subscription.ValueKind == JsonValueKind.Undefined)
        {
            await at.AnswerAsync(404, "{\"error\":\"no such path in app\"}", "", cancel);
            return true;
        }

        var answers = IsScript(subscription) ? subscription.EnumerateArray().ToArray() : [];
        if (answers.Length == 0)
        {
            await at.AnswerAsync(200, subscription.GetRawText(), "content-type: application/json\r\n", cancel);
            return true;
        }

        var answer = answers[Math.Min(at.CountAttempt(), answers.Length) - 1];
        if (answer.ValueKind == JsonValueKind.String)
        {
            return false;
        }

        if (answer.TryGetProperty("delay", out var delay) && !await at.PauseAsync((int)(delay.GetDouble() * 1000), cancel))
        {
            return false;
        }

        var body = answer.TryGetProperty("body", out var text) ? text.ValueKind == JsonValueKind.String ? text.GetString()! : text.GetRawText() : "";
        var headers = answer.TryGetProperty("headers", out var list) ? string.Concat(list.EnumerateArray().Select(header => $"{header[0]}: {header[1]}\r\n")) : "content-type: application/json\r\n";
        await at.AnswerAsync(answer.TryGetProperty("status", out var status) ? status.GetInt32() : 200, body, headers, cancel);
        return true;
    };

    private static bool IsScript(JsonElement subscription) => subscription.EnumerateArray().Any(entry =>
        entry.ValueKind == JsonValueKind.String || entry.TryGetProperty("status", out _) || entry.TryGetProperty("body", out _));
}
