using System.Text.Json;
using LlmDapr.Dapr.Conformance.Comparison;
using LlmDapr.Dapr.Conformance.Recordings;
using LlmDapr.Dapr.Conformance.Wire;

namespace LlmDapr.Dapr.Conformance.Resiliency;

/// <summary>A case of one request: its answer, and each attempt that the app got for it.</summary>
internal static class ExchangeRun
{
    public static async Task RunAsync(ResiliencyGroup group, RecordedCase recorded, List<string> differences, CancellationToken cancel)
    {
        var placeholders = group.NewPlaceholders();
        var request = SentRequest.Read(recorded.Send, placeholders);
        group.Clear();
        if (recorded.Send.TryGetProperty("leave_after_s", out _))
        {
            await LeaveInRetriesAsync(group, request, recorded.Part("attempts").GetInt32(), cancel);
        }
        else
        {
            var answer = await WireClient.ExchangeAsync(group.Port, request, cancel);
            AnswerComparison.Compare(recorded.Receive, answer, placeholders, differences);

            // Attempts at an app or a sidecar that is down leave no other trace than the time that they take.
            AttemptTimes.CompareTotal(recorded, answer.TotalMs, differences);
        }

        var received = group.Received;
        AttemptTimes.Compare(recorded, [.. received.Select(attempt => attempt.AtMs)], differences);
        if (recorded.Part("app_received") is { ValueKind: JsonValueKind.Array } wanted)
        {
            ReceivedComparison.Compare("the app", wanted, received, placeholders, differences);
        }
    }

    /// <summary>Sends, waits and goes, whatever has come by then.</summary>
    public static async Task LeaveAsync(int port, WireRequest request, double seconds, CancellationToken cancel)
    {
        using var client = await WireClient.ConnectAsync(port, cancel);
        await client.SendAsync(request, cancel);
        await Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System, cancel);
    }

    // Leaves when the recorded attempts have come, in the delay before the next one: on a busy machine the recorded time may be after it.
    private static async Task LeaveInRetriesAsync(ResiliencyGroup group, WireRequest request, int attempts, CancellationToken cancel)
    {
        using (var client = await WireClient.ConnectAsync(group.Port, cancel))
        {
            await client.SendAsync(request, cancel);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limit.CancelAfter(TimeSpan.FromSeconds(5));
            while (group.Received.Count < attempts && !limit.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, cancel);
            }
        }

        // Two more delays of the policy: time for the attempts that must not come.
        await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, cancel);
    }
}
