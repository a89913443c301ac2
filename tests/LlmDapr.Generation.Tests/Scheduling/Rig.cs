using System.Diagnostics.Metrics;
using LlmDapr.Contracts;
using LlmDapr.Contracts.Errors;
using LlmDapr.Generation.Catalog;
using LlmDapr.Generation.Providers;
using LlmDapr.Generation.Scheduling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace LlmDapr.Generation.Tests.Scheduling;

/// <summary>A scheduler with a clock of its own and two targets.</summary>
internal sealed class Rig : IDisposable
{
    public const string Model = "m";

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Provider _provider = new("p", new ProviderOptions { Endpoint = "http://localhost" }, null);

    public Rig(Action<SchedulingOptions>? configure = null, Func<double>? random = null, Func<string, string>? labelOf = null)
    {
        var options = new SchedulingOptions { Limiter = LimiterKind.Fixed, StartLimit = 1 };
        configure?.Invoke(options);
        A = new Target(_provider, "a");
        B = new Target(_provider, "b");
        Meters = _services.GetRequiredService<IMeterFactory>();
        Scheduler = new Scheduler(Options.Create(options), new SchedulingMetrics(Meters, labelOf), Time, random ?? new Random(1).NextDouble);
    }

    public FakeTimeProvider Time { get; } = new();

    public IMeterFactory Meters { get; }

    public Scheduler Scheduler { get; }

    public Target A { get; }

    public Target B { get; }

    /// <summary>Asks for a place at A, or at the given candidates.</summary>
    public Task<Admission> Admit(
        string tenant = "t",
        string priority = Priorities.Interactive,
        int tokens = 100,
        double? timeLeft = null,
        string model = Model,
        Candidate[]? candidates = null,
        CancellationTokenSource? leave = null) =>
        Scheduler.AdmitAsync(
            new AdmissionRequest(model, candidates ?? [new Candidate(A, 0, 1)], tenant, priority, new TokenEstimate(tokens, 0), timeLeft is { } seconds ? TimeSpan.FromSeconds(seconds) : null),
            leave?.Token ?? CancellationToken.None).AsTask();

    /// <summary>A place that must be there at once.</summary>
    public Slot Take(string priority = Priorities.Interactive, int tokens = 100, Candidate[]? candidates = null) => SlotOf(Admit(priority: priority, tokens: tokens, candidates: candidates));

    public static Slot SlotOf(Task<Admission> admission)
    {
        Assert.True(admission.IsCompleted, "It still waits.");
        return Assert.IsType<Admission.Granted>(admission.GetAwaiter().GetResult()).Slot;
    }

    public static ApiError ErrorOf(Task<Admission> admission)
    {
        Assert.True(admission.IsCompleted, "It still waits.");
        return Assert.IsType<Admission.Refused>(admission.GetAwaiter().GetResult()).Error;
    }

    public TargetSnapshot State(Target? target = null) => Scheduler.Snapshot().Targets.Single(state => state.Target == (target ?? A));

    public int Waiting => Scheduler.Snapshot().Queues.Sum(queue => queue.Length);

    public void Advance(double seconds) => Time.Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>Nothing is in flight and nobody waits.</summary>
    public void AssertAtRest()
    {
        Assert.Equal(0, Waiting);
        Assert.All(Scheduler.Snapshot().Targets, target => Assert.Equal(0, target.InFlight));
    }

    /// <summary>Headers of a provider that refills within a minute.</summary>
    public static string[][] Headers(double limit, double remaining, string kind = "requests", double window = 60) =>
    [
        [$"x-ratelimit-limit-{kind}", FormattableString.Invariant($"{limit}")],
        [$"X-RateLimit-Remaining-{kind}", FormattableString.Invariant($"{remaining}")],
        [$"x-ratelimit-reset-{kind}", FormattableString.Invariant($"{(limit - remaining) / limit * window:0.###}s")],
    ];

    public void Dispose()
    {
        Scheduler.Dispose();
        _provider.Dispose();
        _services.Dispose();
    }
}
