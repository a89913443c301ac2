using Dapr.Client.Autogen.Grpc.v1;
using static Dapr.Client.Autogen.Grpc.v1.StateOptions.Types;

namespace LlmDapr.Sidecar.Grpc;

/// <summary>The options of a save or delete in the words of the state engine, which are those of the HTTP API.</summary>
internal static class StateWords
{
    /// <summary>The concurrency; null = none given. A number that the enum does not have is none, as in daprd.</summary>
    public static string? Concurrency(StateOptions? options) => options?.Concurrency switch
    {
        StateConcurrency.ConcurrencyFirstWrite => "first-write",
        StateConcurrency.ConcurrencyLastWrite => "last-write",
        _ => null,
    };

    /// <summary>The consistency; null = none given.</summary>
    public static string? Consistency(StateOptions? options) => options?.Consistency switch
    {
        StateConsistency.ConsistencyStrong => "strong",
        StateConsistency.ConsistencyEventual => "eventual",
        _ => null,
    };
}
