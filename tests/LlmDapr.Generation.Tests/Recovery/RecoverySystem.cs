using LlmDapr.Generation.Tests.Hosting;
using LlmDapr.Simulator;
using LlmDapr.Simulator.Answers;

namespace LlmDapr.Generation.Tests.Recovery;

/// <summary>Generation with a model <c>two</c> whose targets are models of a simulator or providers that a test scripts.</summary>
internal sealed class RecoverySystem : IAsyncDisposable
{
    public const string Question = "What does the river say?";
    public const string UsageAsked = ",\"stream_options\":{\"include_usage\":true}";

    private RecoverySystem(RunningSimulator simulator, GenerationHost generation) => (Simulator, Generation) = (simulator, generation);

    public static string Answer { get; } = SimulatedAnswer.TextFor("sim", [("user", Question)], 60);

    public RunningSimulator Simulator { get; }

    public GenerationHost Generation { get; }

    /// <summary>Starts it. A target is a model of the simulator, or an address of a provider.</summary>
    public static async Task<RecoverySystem> StartAsync(string recovery, string[] targets, params string[] settings)
    {
        var simulator = await RunningSimulator.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        List<string> all = ["--Models:3:Id=two", $"--Models:3:Recovery={recovery}", "--Attempts:BaseDelay=00:00:00.001", .. settings];
        foreach (var (index, target) in targets.Index())
        {
            var isAddress = target.StartsWith("http:", StringComparison.Ordinal);
            all.Add($"--Providers:t{index}:Endpoint={(isAddress ? target : simulator.Address.ToString().TrimEnd('/'))}/v1");
            all.Add($"--Models:3:Targets:{index}:Provider=t{index}");
            all.Add($"--Models:3:Targets:{index}:Model={(isAddress ? "scripted" : target)}");
        }

        return new RecoverySystem(simulator, await GenerationHost.StartAsync(simulator.Address.ToString().TrimEnd('/'), [.. all]));
    }

    public static string Body(string more = UsageAsked) => $$"""{"model":"two","messages":[{"role":"user","content":"{{Question}}"}],"stream":true{{more}}}""";

    /// <summary>Asks, and reads the whole stream.</summary>
    public async Task<ToldStream> AskAsync(string? body = null)
    {
        using var hop = await Generation.ChatAsync(body ?? Body());
        var (head, events) = await hop.ReadAsync();
        Assert.True(head.Status == 200, events);
        var told = new ToldStream(events);
        await Generation.IdleAsync();
        return told;
    }

    /// <summary>How often an answer was taken up again in a way and with a result.</summary>
    public async Task<int> RecoveriesAsync(string mode, string result)
    {
        using var response = await Generation.GetAsync("/metrics");
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var line = text.Split('\n').FirstOrDefault(line =>
            line.StartsWith("llmdapr_recoveries", StringComparison.Ordinal) && line.Contains($"mode=\"{mode}\"", StringComparison.Ordinal) && line.Contains($"result=\"{result}\"", StringComparison.Ordinal));
        return line is null ? 0 : int.Parse(line[(line.IndexOf('}', StringComparison.Ordinal) + 1)..].Trim().Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        await Generation.DisposeAsync();
        await Simulator.DisposeAsync();
    }
}
