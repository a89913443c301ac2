using System.Globalization;
using System.Text.Json;
using LlmDapr.Dapr.Conformance.Comparison;
using LlmDapr.Dapr.Conformance.Recordings;
using LlmDapr.Dapr.Conformance.Wire;

namespace LlmDapr.Dapr.Conformance.Resiliency;

/// <summary>A case of steps: requests one after the other or side by side, waits between them, and after each how often the app was called.</summary>
internal static class StepRun
{
    // As the recordings' client did: a request must be over for the breaker, too, when the next one comes.
    private static readonly TimeSpan BetweenSteps = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan AfterLeaving = TimeSpan.FromMilliseconds(150);

    public static async Task RunAsync(ResiliencyGroup group, RecordedCase recorded, List<string> differences, CancellationToken cancel)
    {
        group.Clear();
        var number = 0;
        foreach (var step in recorded.Part("steps").EnumerateArray())
        {
            var before = group.Received.Count;
            var found = new List<string>();
            if (step.TryGetProperty("wait_s", out var wait))
            {
                await Task.Delay(TimeSpan.FromSeconds(wait.GetDouble()), TimeProvider.System, cancel);
            }
            else if (step.TryGetProperty("parallel", out var parallel))
            {
                await RunParallelAsync(group, parallel, found, cancel);
            }
            else if (step.TryGetProperty("send", out var send))
            {
                await RunOneAsync(group, send, step.GetProperty("receive"), found, cancel);
            }
            else
            {
                await RunChunkedAsync(group, step, found, cancel);
            }

            await Task.Delay(BetweenSteps, TimeProvider.System, cancel);
            CompareCalls(step, group.Received.Count - before, group.Received.Count, found);
            number++;
            differences.AddRange(found.Select(difference => string.Create(CultureInfo.InvariantCulture, $"step {number}: {difference}")));
        }
    }

    private static async Task RunOneAsync(ResiliencyGroup group, JsonElement send, JsonElement receive, List<string> found, CancellationToken cancel)
    {
        var placeholders = group.NewPlaceholders();
        var request = SentRequest.Read(send, placeholders);
        if (send.TryGetProperty("leave_after_s", out var leave))
        {
            await ExchangeRun.LeaveAsync(group.Port, request, leave.GetDouble(), cancel);
            await Task.Delay(AfterLeaving, TimeProvider.System, cancel);
            return;
        }

        var answer = await WireClient.ExchangeAsync(group.Port, request, cancel);
        AnswerComparison.Compare(WithFraming(receive), answer, placeholders, found);
        AttemptTimes.CompareTotal(receive.GetProperty("total_ms").GetDouble(), answer.TotalMs, found);
    }

    // Which of them is the probe is chance when they start together, so the answers are compared as a set.
    private static async Task RunParallelAsync(ResiliencyGroup group, JsonElement parallel, List<string> found, CancellationToken cancel)
    {
        var calls = parallel.EnumerateArray().ToArray();
        var begin = calls[0].GetProperty("at_ms").GetDouble();
        var answers = await Task.WhenAll(calls.Select(async call =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(call.GetProperty("at_ms").GetDouble() - begin), TimeProvider.System, cancel);
            return await WireClient.ExchangeAsync(group.Port, SentRequest.Read(call.GetProperty("send"), group.NewPlaceholders()), cancel);
        }));
        var wanted = calls.Select(call => call.GetProperty("receive")).Select(answer => $"{answer.GetProperty("status")} {answer.GetProperty("body")}");
        var got = answers.Select(answer => $"{answer.Status} {answer.BodyText}");
        if (!wanted.Order(StringComparer.Ordinal).SequenceEqual(got.Order(StringComparer.Ordinal)))
        {
            found.Add($"answers are [{string.Join("|", got)}], recorded [{string.Join("|", wanted)}]");
        }
    }

    // breaker/chunked has only status, body and the calls so far; what was sent is in its about.
    private static async Task RunChunkedAsync(ResiliencyGroup group, JsonElement step, List<string> found, CancellationToken cancel)
    {
        var request = new WireRequest("POST", $"/v1.0/invoke/{group.Names.Of("callee")}/method/status/500", [], "chunked", "{}"u8.ToArray());
        var answer = await WireClient.ExchangeAsync(group.Port, request, cancel);
        if (answer.Status != step.GetProperty("status").GetInt32() || answer.BodyText != step.GetProperty("body").GetString())
        {
            found.Add($"the answer is {answer.Status} {answer.BodyText}, recorded {step.GetProperty("status")} {step.GetProperty("body")}");
        }
    }

    private static void CompareCalls(JsonElement step, int calls, int callsSoFar, List<string> found)
    {
        if (step.TryGetProperty("app_calls", out var recorded) && recorded.GetInt32() != calls)
        {
            found.Add($"the app was called {calls} times, recorded {recorded}");
        }

        if (step.TryGetProperty("app_calls_so_far", out var soFar) && soFar.GetInt32() != callsSoFar)
        {
            found.Add($"the app has been called {callsSoFar} times, recorded {soFar}");
        }
    }

    // Steps have no framing of their own; their headers say it.
    private static JsonElement WithFraming(JsonElement receive)
    {
        var framing = receive.GetProperty("headers").EnumerateArray().Any(header => header[0].GetString() == "Transfer-Encoding") ? "chunked" : "length";
        var fields = receive.EnumerateObject().ToDictionary(field => field.Name, field => field.Value);
        fields["framing"] = JsonSerializer.SerializeToElement(framing);
        return JsonSerializer.SerializeToElement(fields);
    }
}
