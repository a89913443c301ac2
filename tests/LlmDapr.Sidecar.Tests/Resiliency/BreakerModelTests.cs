using CsCheck;
using LlmDapr.Sidecar.Resiliency;
using Microsoft.Extensions.Time.Testing;

namespace LlmDapr.Sidecar.Tests.Resiliency;

/// <summary>Random histories of overlapping calls, compared with a model that keeps the list of results and counts it anew each time.</summary>
public sealed class BreakerModelTests
{
    private static readonly Gen<Step> Steps = Gen.Frequency(
        (4, Gen.Const(new Step(StepKind.Enter, 0, false))),
        (2, Gen.Select(Gen.Int[0, 9], (int call) => new Step(StepKind.Leave, call, true))),
        (4, Gen.Select(Gen.Int[0, 9], (int call) => new Step(StepKind.Leave, call, false))),
        (2, Gen.Select(Gen.Int[1, 30], (int tenths) => new Step(StepKind.Wait, tenths, false))));

    [Theory]
    [InlineData("consecutiveFailures >= 3", 1, 0)]
    [InlineData("consecutiveFailures >= 2", 2, 10)]
    [InlineData("requests >= 4 && totalFailures * 2 >= requests", 3, 0)]
    [InlineData("totalFailures > totalSuccesses + 1", 1, 25)]
    public void CircuitBreaker_AnyHistory_BehavesLikeTheModel(string trip, int maxRequests, int intervalTenths) =>
        Steps.Array[0, 60].Sample(steps =>
        {
            var policy = new BreakerPolicy
            {
                Name = "cb",
                MaxRequests = maxRequests,
                Interval = TimeSpan.FromSeconds(intervalTenths / 10.0),
                Timeout = TimeSpan.FromSeconds(2),
                Trip = TripExpression.Compile(trip),
            };
            var time = new FakeTimeProvider();
            var breaker = new CircuitBreaker(policy, time);
            var model = new BreakerModel(policy);
            List<(long Real, BreakerModel.Call Modelled)> running = [];
            foreach (var step in steps)
            {
                switch (step.Kind)
                {
                    case StepKind.Enter:
                        var entry = breaker.Enter(out var generation);
                        Assert.Equal(model.Enter(out var call), entry);
                        if (call is not null)
                        {
                            running.Add((generation, call));
                        }

                        break;
                    case StepKind.Leave when running.Count > 0:
                        var leaving = running[step.Number % running.Count];
                        running.Remove(leaving);
                        breaker.Leave(leaving.Real, step.Success);
                        model.Leave(leaving.Modelled, step.Success);
                        break;
                    case StepKind.Wait:
                        time.Advance(TimeSpan.FromSeconds(step.Number / 10.0));
                        model.Wait(step.Number);
                        break;
                }

                Assert.Equal((model.State, model.Counts), breaker.Read());
            }
        });

    private enum StepKind
    {
        Enter,
        Leave,
        Wait,
    }

    private readonly record struct Step(StepKind Kind, int Number, bool Success);
}
