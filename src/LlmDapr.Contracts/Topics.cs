namespace LlmDapr.Contracts;

/// <summary>Topics of <see cref="DaprComponents.PubSub"/>.</summary>
public static class Topics
{
    /// <summary>Requests of event-driven callers, as CloudEvents.</summary>
    public const string Requests = "llm-requests";

    /// <summary>Internal: ids of jobs that wait to be run.</summary>
    public const string Jobs = "llm-jobs";

    /// <summary>Results of jobs that came as events, as CloudEvents whose id is the job's.</summary>
    public const string Results = "llm-results";

    /// <summary>Events that cannot be worked on, with the reason.</summary>
    public const string Dead = "llm-dead";
}
