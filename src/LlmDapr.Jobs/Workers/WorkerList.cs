namespace LlmDapr.Jobs.Workers;

/// <summary>The workers that are thought to live.</summary>
internal sealed record WorkerList(IReadOnlyList<string> Workers)
{
    public static readonly WorkerList Empty = new([]);
}
