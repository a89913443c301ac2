namespace LlmDapr.Contracts;

/// <summary>Names of the Dapr components in <c>components/</c>.</summary>
public static class DaprComponents
{
    /// <summary>The state store: prompt cache and jobs.</summary>
    public const string StateStore = "statestore";

    /// <summary>The broker: requests, jobs, results, dead letters.</summary>
    public const string PubSub = "pubsub";
}
