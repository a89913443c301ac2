namespace LlmDapr.Simulator.Behaviours;

/// <summary>The words for <see cref="Fault"/> in model names and configuration.</summary>
internal static class FaultNames
{
    private static readonly Dictionary<string, Fault> ByName = new(StringComparer.Ordinal)
    {
        ["none"] = Fault.None,
        ["hang"] = Fault.Hang,
        ["reset"] = Fault.Reset,
        ["cut"] = Fault.Cut,
        ["stall"] = Fault.Stall,
        ["badjson"] = Fault.BadJson,
        ["nodone"] = Fault.NoDone,
        ["nofinish"] = Fault.NoFinish,
        ["end"] = Fault.End,
        ["html200"] = Fault.Html200,
        ["error-in-stream"] = Fault.ErrorInStream,
        ["context"] = Fault.Context,
        ["quota"] = Fault.Quota,
        ["key401"] = Fault.Key401,
        ["gate"] = Fault.Gate,
    };

    /// <summary>All words, <c>none</c> first.</summary>
    public static IEnumerable<string> All => ByName.Keys;

    /// <summary>The fault of a word.</summary>
    public static bool TryParse(string name, out Fault fault) => ByName.TryGetValue(name, out fault);
}
