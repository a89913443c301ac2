using LlmDapr.Local.Output;

namespace LlmDapr.Local.Demo;

/// <summary>The demo's second act: the same prompts, and a provider that refuses, stalls and breaks.</summary>
internal static class FaultAct
{
    /// <summary>Sends the prompts, tells what became of them, and says whether every answer was complete and right.</summary>
    public static async Task<bool> RunAsync(DemoClient client, int simulatorPort, int count, RunOutput output, TimeProvider time, CancellationToken cancellation)
    {
        var requests = DemoFault.Spread(DemoRequest.Make(count, string.Empty));
        output.Plain($"Sending {count} different prompts at once to a provider that refuses, stalls and breaks (each model has a fallback that is well; clocks of 3 to 8 s):");
        var began = time.GetTimestamp();
        var answers = await client.SendAllAsync(requests, output, cancellation);
        var wall = time.GetElapsedTime(began);
        var calls = await DemoClient.ReadCallsAsync(simulatorPort, cancellation);
        output.Plain("");
        output.Plain(FaultSummary.Of(answers, calls, wall, output));
        return answers.All(answer => answer.Problem is null);
    }
}
