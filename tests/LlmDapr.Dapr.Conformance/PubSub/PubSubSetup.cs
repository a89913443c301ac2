using System.Diagnostics;
using System.Text;
using LlmDapr.Dapr.Conformance.Recordings;
using LlmDapr.Dapr.Conformance.Wire;

namespace LlmDapr.Dapr.Conformance.PubSub;

/// <summary>What the cases of delivery share.</summary>
internal static class PubSubSetup
{
    /// <summary>The trace context of a sidecar that traces nothing.</summary>
    public const string NoTrace = "00-00000000000000000000000000000000-0000000000000000-00";

    /// <summary>A case's resource files. Where the broker is, is set by <c>LLMDAPR_REDIS</c> (host:port); the development sidecar does not care.</summary>
    public static Dictionary<string, string> Resources(RecordedCase recorded) => recorded.Part("resources").EnumerateObject().ToDictionary(
        file => file.Name,
        file => file.Value.GetString()!.Replace("127.0.0.1:<redis>", Environment.GetEnvironmentVariable("LLMDAPR_REDIS") ?? "127.0.0.1:6379", StringComparison.Ordinal));

    /// <summary>Publishes a JSON event; anything but 204 is an error.</summary>
    public static async Task PublishAsync(int port, string path, string json, CancellationToken cancel)
    {
        var request = new WireRequest("POST", $"/v1.0/publish/{path}", [new("Content-Type", "application/json")], "length", Encoding.UTF8.GetBytes(json));
        var answer = await WireClient.ExchangeAsync(port, request, cancel);
        Assert.Equal(204, answer.Status);
    }

    /// <summary>Waits until something holds, at most for a time.</summary>
    public static async Task WaitAsync(Func<bool> holds, TimeSpan most, CancellationToken cancel)
    {
        var start = Stopwatch.GetTimestamp();
        while (!holds() && Stopwatch.GetElapsedTime(start) < most)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, cancel);
        }
    }
}
