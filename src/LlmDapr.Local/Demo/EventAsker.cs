using System.Net;
using System.Text.Json;

namespace LlmDapr.Local.Demo;

/// <summary>Has work done by events: asks the sample app event-caller, which publishes the request and subscribes to results.</summary>
internal sealed class EventAsker(HttpClient app, TimeProvider time)
{
    /// <summary>The app-id of the sample.</summary>
    public const string AppId = "event-caller";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Has a request published, twice where the publisher is to be one who did not hear that it got through, and waits for its result. Never throws, except when cancelled.</summary>
    public async Task<BackgroundWork> RunAsync(DemoRequest request, bool isSentTwice, CancellationToken cancellation)
    {
        var (began, accepted) = (time.GetTimestamp(), TimeSpan.Zero);
        try
        {
            // One event id for both: with the app's own, it names the request.
            var id = Guid.NewGuid().ToString("N");
            await Task.WhenAll(Enumerable.Range(0, isSentTwice ? 2 : 1).Select(_ => AskAsync(request, id, cancellation)));
            accepted = time.GetElapsedTime(began);
            var problem = await WaitAsync(request, id, cancellation);
            return new BackgroundWork(request, accepted, time.GetElapsedTime(began) - accepted, problem);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or JsonException or InvalidOperationException or KeyNotFoundException
            || (error is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return new BackgroundWork(request, accepted, time.GetElapsedTime(began) - accepted, error.Message);
        }
    }

    private async Task AskAsync(DemoRequest request, string id, CancellationToken cancellation)
    {
        using var message = DemoHttp.Post($"ask?id={id}", request.Body);
        using var response = await app.SendAsync(message, cancellation);
        using var asked = await DemoHttp.ReadAsync(response, (int)HttpStatusCode.Accepted, cancellation);
    }

    private async Task<string?> WaitAsync(DemoRequest request, string id, CancellationToken cancellation)
    {
        for (var began = time.GetTimestamp(); time.GetElapsedTime(began) < Patience; await Task.Delay(Pause, time, cancellation))
        {
            using var response = await app.GetAsync(new Uri($"answers/{id}", UriKind.Relative), cancellation);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                continue;
            }

            using var answers = await DemoHttp.ReadAsync(response, (int)HttpStatusCode.OK, cancellation);
            return Judge(request, answers.RootElement);
        }

        return $"no result event within {Patience.TotalSeconds:0} s";
    }

    /// <summary>Why the answers to one request are wrong, or null.</summary>
    internal static string? Judge(DemoRequest request, JsonElement answers) =>
        answers.GetArrayLength() != 1 ? $"{answers.GetArrayLength()} results of one request"
        : answers[0].GetProperty("status").GetString() is not "succeeded" and var status ? $"the result is {status}: {answers[0].GetRawText()}"
        : DemoClient.JudgePlain(request, answers[0].GetProperty("body"));
}
