namespace LlmDapr.Local.Demo;

/// <summary>One way in which the second act's provider misbehaves, as a model of its own: a primary that does, and a fallback that is well.</summary>
/// <param name="Name">Part of its models' names.</param>
/// <param name="Title">What it does, for a person.</param>
/// <param name="Options">The simulator's options for it.</param>
internal sealed record DemoFault(string Name, string Title, string Options)
{
    private const string Pace = "ttft=300ms&tps=50&words=60&jitter=0.2";

    /// <summary>All that the second act has.</summary>
    public static IReadOnlyList<DemoFault> All { get; } =
    [
        new("busy", "429 for a second, says when to come back", "fault=status429&for=1s&retryafter=1s"),
        new("full", "429 for ever, says nothing", "fault=status429"),
        new("flaky", "500 to every third call", "err500=33"),
        new("down", "503 for ever", "fault=status503"),
        new("reset", "resets the first 10 connections", "fault=reset&times=10"),
        new("deaf", "accepts and never answers", "fault=hang"),
        new("cut", "cuts after 40 of 60 words", "fault=cut&after=40"),
        new("stall", "falls silent after 20 words", "fault=stall&after=20"),
        new("garbage", "sends a chunk that isn't JSON", "fault=badjson&after=10"),
        new("well", "nothing: for comparison", "fault=none"),
    ];

    /// <summary>Clocks shorter than the defaults, so that nobody has to watch ten seconds of silence.</summary>
    public static IReadOnlyDictionary<string, string> Clocks { get; } = new Dictionary<string, string>
    {
        ["Attempts__FirstToken"] = "00:00:04",
        ["Attempts__PlainAnswer"] = "00:00:08",
        ["Attempts__Idle"] = "00:00:03",
    };

    /// <summary>The name that callers use.</summary>
    public string Model => $"demo-{Name}";

    /// <summary>The simulator's model that misbehaves.</summary>
    public string Primary => $"sim-{Name}?{Pace}&{Options}";

    /// <summary>The simulator's model that is well.</summary>
    public string Fallback => $"sim-{Name}-fallback?{Pace}";

    /// <summary>Generation's settings for all of them and the simulator's own names.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Settings()
    {
        yield return new("Models__0__Id", "sim*");
        yield return new("Models__0__Targets__0__Provider", "simulator");
        for (var i = 0; i < All.Count; i++)
        {
            var model = $"Models__{i + 1}__";
            yield return new($"{model}Id", All[i].Model);
            yield return new($"{model}Recovery", "continue");
            yield return new($"{model}Targets__0__Provider", "simulator");
            yield return new($"{model}Targets__0__Model", All[i].Primary);
            yield return new($"{model}Targets__1__Provider", "simulator");
            yield return new($"{model}Targets__1__Model", All[i].Fallback);
        }
    }

    /// <summary>Gives each request a fault; every fault gets plain and streamed ones.</summary>
    public static IReadOnlyList<DemoRequest> Spread(IReadOnlyList<DemoRequest> requests) =>
        [.. requests.Select((request, index) => request with { Model = All[index / 2 % All.Count].Model })];
}
