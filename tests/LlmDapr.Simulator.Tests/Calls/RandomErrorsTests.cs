using LlmDapr.Simulator.Behaviours;
using LlmDapr.Simulator.Calls;

namespace LlmDapr.Simulator.Tests.Calls;

public sealed class RandomErrorsTests
{
    [Fact]
    public void For_Percentages_AreKeptRoughlyAndRepeatable()
    {
        Behaviour behaviour = Behaviour.Default with { Err500 = 20, Err503 = 10, Err429 = 5 };
        int?[] statuses = Sequence(behaviour);
        Assert.InRange(statuses.Count(s => s == 500), 340, 460);
        Assert.InRange(statuses.Count(s => s == 503), 150, 250);
        Assert.InRange(statuses.Count(s => s == 429), 65, 135);
        Assert.Equal(statuses, Sequence(behaviour));
        Assert.NotEqual(statuses, Sequence(behaviour with { Seed = 1 }));
    }

    [Fact]
    public void For_HundredPercent_IsAlways() => Assert.All(Sequence(Behaviour.Default with { Err503 = 100 }), status => Assert.Equal(503, status));

    [Fact]
    public void For_None_IsNever() => Assert.All(Sequence(Behaviour.Default), Assert.Null);

    private static int?[] Sequence(Behaviour behaviour) => [.. Enumerable.Range(1, 2000).Select(n => RandomErrors.For(behaviour, n)?.Status)];
}
