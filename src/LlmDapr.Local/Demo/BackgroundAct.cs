using LlmDapr.Local.Output;

namespace LlmDapr.Local.Demo;

/// <summary>The demo's last act, while the second one goes on: work that nobody waits for, as jobs over HTTP and as events of another Dapr app.</summary>
/// <param name="edge">A client of edge.</param>
/// <param name="eventCaller">A client of the sample app that asks by events, or null where it does not run.</param>
/// <param name="simulatorPort">Where the provider's counts are.</param>
/// <param name="output">Where it is shown.</param>
/// <param name="time">The clock.</param>
internal sealed class BackgroundAct(HttpClient edge, HttpClient? eventCaller, int simulatorPort, RunOutput output, TimeProvider time)
{
    /// <summary>As fast as the first act's model; a name of its own, for which the simulator counts.</summary>
    private const string Model = "sim-background?ttft=300ms&tps=50&words=60&jitter=0.2";

    /// <summary>Has some work done.</summary>
    /// <param name="count">How many jobs there are, and how many events.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<BackgroundResult> RunAsync(int count, CancellationToken cancellation)
    {
        var requests = DemoRequest.Make(eventCaller is null ? count : 2 * count, Model).Select(request => request with { Streamed = false }).ToList();
        var (jobs, events) = (new JobCaller(edge, time), eventCaller is null ? null : new EventAsker(eventCaller, time));
        var others = events is null ? $"(none as events: the run file has no app '{EventAsker.AppId}')" : $"and {count} as events of the app '{EventAsker.AppId}'";
        output.Plain($"Sending {count} prompts as jobs {others}, every second one twice, as one does who did not hear that it was accepted. They are worked on meanwhile.");
        var began = time.GetTimestamp();
        var byJob = Task.WhenAll(requests.Take(count).Select(request => jobs.RunAsync(request, request.Number % 2 == 0, cancellation)));
        var byEvent = Task.WhenAll(requests.Skip(count).Select(request => events!.RunAsync(request, request.Number % 2 == 0, cancellation)));
        var (ofJobs, ofEvents) = (await byJob, await byEvent);
        var wall = time.GetElapsedTime(began);
        var calls = await DemoClient.ReadCallsAsync(simulatorPort, cancellation);
        return new BackgroundResult(ofJobs, ofEvents, wall, calls.GetValueOrDefault(Model));
    }
}
