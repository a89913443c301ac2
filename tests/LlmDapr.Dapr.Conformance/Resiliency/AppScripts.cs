using System.Text.Json;
using LlmDapr.Dapr.Conformance.App;
using LlmDapr.Dapr.Conformance.Recordings;

namespace LlmDapr.Dapr.Conformance.Resiliency;

/// <summary>What the recorded app did for single cases of resiliency.json.</summary>
internal static class AppScripts
{
    /// <summary>Teaches the app what a case needs.</summary>
    public static void Prepare(RecordedApp app, RecordedCase recorded)
    {
        switch (recorded.Name)
        {
            case "cycle":
                app.Answers["a"] = ScriptOf(recorded);
                break;
            case "half-open-slow":
                app.Scripts["/half"] = HalfAsync;
                break;
            case "half-open-parallel":
                app.Scripts["/seq/500,500,500,200"] = ProbeAsync;
                break;
        }
    }

    // The script itself isn't recorded, but each of its bodies has the number of its answer.
    private static List<(int Status, string Body)> ScriptOf(RecordedCase recorded) =>
    [
        .. recorded.Part("steps").EnumerateArray()
            .Where(step => step.TryGetProperty("app_calls", out var calls) && calls.GetInt32() == 1)
            .Select(step => step.GetProperty("receive"))
            .Select(answer => (answer.GetProperty("status").GetInt32(), answer.GetProperty("body").GetString()!))
            .DistinctBy(answer => answer.Item2),
    ];

    private static async Task<bool> HalfAsync(AppScript at, CancellationToken cancel)
    {
        if (at.CountAttempt() <= 3)
        {
            await at.AnswerAsync(500, "no", "", cancel);
            return true;
        }

        if (!await at.PauseAsync(1000, cancel))
        {
            return false;
        }

        await at.AnswerAsync(200, "yes", "", cancel);
        return true;
    }

    // The recorded app answered at once, and the three callers were still at the same time. Here the probe waits until they surely are.
    private static async Task<bool> ProbeAsync(AppScript at, CancellationToken cancel)
    {
        var attempt = at.CountAttempt();
        if (attempt > 3 && !await at.PauseAsync(300, cancel))
        {
            return false;
        }

        await at.AnswerAsync(attempt > 3 ? 200 : 500, JsonSerializer.Serialize(new { attempt }).Replace(":", ": ", StringComparison.Ordinal), "content-type: application/json\r\n", cancel);
        return true;
    }
}
