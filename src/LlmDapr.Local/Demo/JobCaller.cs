using System.Net;
using System.Text.Json;

namespace LlmDapr.Local.Demo;

/// <summary>Has work done as jobs over HTTP: accepted, then waited for.</summary>
internal sealed class JobCaller(HttpClient edge, TimeProvider time)
{
    private const int Waits = 3;

    /// <summary>Submits a job, twice where the caller is to be one who did not hear the first answer, and waits for its result. Never throws, except when cancelled.</summary>
    public async Task<BackgroundWork> RunAsync(DemoRequest request, bool isSentTwice, CancellationToken cancellation)
    {
        var (began, accepted) = (time.GetTimestamp(), TimeSpan.Zero);
        try
        {
            // One key for both: it names the job.
            var key = Guid.NewGuid().ToString();
            var places = await Task.WhenAll(Enumerable.Range(0, isSentTwice ? 2 : 1).Select(_ => SubmitAsync(request, key, cancellation)));
            accepted = time.GetElapsedTime(began);
            var problem = places.Distinct().Count() == 1
                ? await WaitAsync(request, places[0], cancellation)
                : $"one Idempotency-Key made two jobs: {string.Join(", ", places)}";
            return new BackgroundWork(request, accepted, time.GetElapsedTime(began) - accepted, problem);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or JsonException or InvalidOperationException or KeyNotFoundException
            || (error is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return new BackgroundWork(request, accepted, time.GetElapsedTime(began) - accepted, error.Message);
        }
    }

    private async Task<string> SubmitAsync(DemoRequest request, string key, CancellationToken cancellation)
    {
        using var message = DemoHttp.Post("v1/async/chat/completions", request.Body);
        message.Headers.Add("Idempotency-Key", key);
        using var response = await edge.SendAsync(message, cancellation);
        using var job = await DemoHttp.ReadAsync(response, (int)HttpStatusCode.Accepted, cancellation);
        return response.Headers.Location?.ToString() ?? throw new HttpRequestException("202 without a Location");
    }

    private async Task<string?> WaitAsync(DemoRequest request, string place, CancellationToken cancellation)
    {
        string? status = null;
        for (var i = 0; i < Waits; i++)
        {
            using var response = await edge.GetAsync(new Uri($"{place}?wait=30s", UriKind.Relative), cancellation);
            using var job = await DemoHttp.ReadAsync(response, (int)HttpStatusCode.OK, cancellation);
            status = job.RootElement.GetProperty("status").GetString();
            switch (status)
            {
                case "succeeded":
                    return DemoClient.JudgePlain(request, job.RootElement.GetProperty("result"));
                case "failed" or "cancelled":
                    return $"the job is {status}: {job.RootElement.GetProperty("error").GetRawText()}";
            }
        }

        return $"the job is still {status}";
    }
}
