using System.Globalization;
using System.Text;
using System.Text.Json;
using LlmDapr.Dapr.Conformance.Recordings;

namespace LlmDapr.Dapr.Conformance.App;

/// <summary>What the recorded app answers to each of its paths. Each answer says whether the connection goes on.</summary>
internal static class AppAnswers
{
    private const string Json = "content-type: application/json\r\n";
    private const string Sse = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n";

    /// <summary>Answers the connection's request.</summary>
    public static async Task<bool> AnswerAsync(AppConnection at, CancellationToken cancel)
    {
        var target = at.Request.Target;
        var path = target.Split('?')[0];
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (at.App.Scripts.TryGetValue(path, out var script))
        {
            return await script(new AppScript(at), cancel);
        }

        switch (parts is [] ? "" : parts[0])
        {
            case "echo":
                await at.AnswerAsync(200, Echo(at.Request), Json + "x-app: yes\r\n", cancel);
                return true;
            case "who":
                await at.AnswerAsync(200, $"{{\"app\": \"{at.App.Name}\", \"target\": \"{target}\", \"method\": \"{at.Request.Method}\"}}", Json, cancel);
                return true;
            case "status" when parts.Length > 1:
                await at.AnswerAsync(Number(parts[1]), "{\"error\":\"from app\"}", Json + "retry-after: 7\r\nx-app: yes\r\n", cancel);
                return true;
            case "seq" when parts.Length > 1:
                return await SequenceAsync(at, target, parts[1], cancel);
            case "answers" when parts.Length > 1:
                return await ScriptedAsync(at, target, parts[1], cancel);
            case "slow" when parts.Length > 1:
                return await SlowAsync(at, Number(parts[1]), cancel);
            case "big" when parts.Length > 1:
                await at.AnswerAsync(200, new string('x', Number(parts[1])), "content-type: application/octet-stream\r\n", cancel);
                return true;
            case "hdrs" when parts.Length > 1:
                await at.AnswerAsync(200, "ok", $"content-type: text/plain\r\nx-big: {new string('h', Number(parts[1]))}\r\n", cancel);
                return true;
            case "raw" when parts.Length > 1:
                return await RawAnswers.AnswerAsync(at, parts[1], cancel);
            case "sse":
                return await EventsAsync(at, Sse + "cache-control: no-cache\r\nx-app: yes\r\ntransfer-encoding: chunked\r\n\r\n", 5, 200, cut: false, cancel);
            case "ticks" when parts.Length > 2:
                return await EventsAsync(at, Sse + "transfer-encoding: chunked\r\n\r\n", Number(parts[1]), Number(parts[2]), cut: false, cancel);
            case "cut":
                return await EventsAsync(at, Sse + "transfer-encoding: chunked\r\n\r\n", 3, 100, cut: true, cancel);
            case "short":
                await at.WriteAsync("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 100\r\n\r\n0123456789", cancel);
                await at.PauseAsync(100, cancel);
                return false;
            case "reset":
                return false;
            case "headfirst":
                await at.WriteAsync(Sse + "transfer-encoding: chunked\r\n\r\n", cancel);
                return await at.PauseAsync(1000, cancel) && await LateAsync(at, cancel);
            case "late":
                return await at.PauseAsync(1000, cancel)
                    && await WrittenAsync(at, Sse + "transfer-encoding: chunked\r\n\r\n", cancel)
                    && await LateAsync(at, cancel);
            case "healthz":
                await at.AnswerAsync(at.App.HealthStatus, "", "", cancel);
                return true;
            case "dapr" when path == "/dapr/subscribe":
                await at.AnswerAsync(200, at.App.Subscriptions, Json, cancel);
                return true;
            case not "dapr" when at.App.OtherStatus == 200:
                await at.AnswerAsync(200, "", "", cancel);
                return true;
            default:
                await at.AnswerAsync(404, "{\"error\":\"no such path in app\"}", Json, cancel);
                return true;
        }
    }

    private static string Echo(ReceivedRequest request) =>
        $"{{\"method\": {Quote(request.Method)}, \"target\": {Quote(request.Target)}, \"framing\": \"{request.Framing}\", \"body\": {Quote(Encoding.UTF8.GetString(request.Body))}}}";

    private static string Quote(string text) => JsonSerializer.Serialize(text, PlainJson.Options);

    private static async Task<bool> SequenceAsync(AppConnection at, string target, string codes, CancellationToken cancel)
    {
        var attempt = at.App.CountAttempt(target);
        var list = codes.Split(',');
        var status = Number(list[Math.Min(attempt, list.Length) - 1]);
        await at.AnswerAsync(status, $"{{\"attempt\": {attempt}}}", Json, cancel);
        return true;
    }

    private static async Task<bool> ScriptedAsync(AppConnection at, string target, string name, CancellationToken cancel)
    {
        var answers = at.App.Answers[name];
        var (status, body) = answers[Math.Min(at.App.CountAttempt(target), answers.Count) - 1];
        await at.AnswerAsync(status, body, Json, cancel);
        return true;
    }

    private static async Task<bool> SlowAsync(AppConnection at, int milliseconds, CancellationToken cancel)
    {
        if (!await at.PauseAsync(milliseconds, cancel))
        {
            return false;
        }

        await at.AnswerAsync(200, "{\"slow\":true}", Json, cancel);
        at.Request.FinishedMs = at.App.Elapsed;
        return true;
    }

    private static async Task<bool> EventsAsync(AppConnection at, string head, int count, int pause, bool cut, CancellationToken cancel)
    {
        // Head and first event in one write: two would make Nagle's algorithm part of what is measured.
        for (var i = 0; i < count; i++)
        {
            var data = $"data: {i}\n\n";
            await at.WriteAsync($"{(i == 0 ? head : "")}{data.Length:x}\r\n{data}\r\n", cancel);
            at.Request.EventsWritten = i + 1;
            if (!await at.PauseAsync(pause, cancel))
            {
                return false;
            }
        }

        if (cut)
        {
            return false;
        }

        at.Request.FinishedMs = at.App.Elapsed;
        return await WrittenAsync(at, "0\r\n\r\n", cancel);
    }

    private static Task<bool> LateAsync(AppConnection at, CancellationToken cancel) => WrittenAsync(at, "c\r\ndata: late\n\n\r\n0\r\n\r\n", cancel);

    private static async Task<bool> WrittenAsync(AppConnection at, string text, CancellationToken cancel)
    {
        await at.WriteAsync(text, cancel);
        return true;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
