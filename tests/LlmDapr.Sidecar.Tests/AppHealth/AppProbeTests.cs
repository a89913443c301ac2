using LlmDapr.Sidecar.AppHealth;
using LlmDapr.Sidecar.Hosting;
using LlmDapr.Sidecar.Invocation;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmDapr.Sidecar.Tests.AppHealth;

public sealed class AppProbeTests
{
    [Fact]
    public void Healthy_BeforeTheFirstGoodProbe_IsFalse()
    {
        var probe = NewProbe(threshold: 2);

        Assert.False(probe.Healthy);
        probe.Note(good: true);
        Assert.True(probe.Healthy);
    }

    [Fact]
    public void Healthy_FailuresInARow_OnlyTheThresholdCounts()
    {
        var probe = NewProbe(threshold: 3);

        foreach (var (good, healthy) in (ReadOnlySpan<(bool, bool)>)[(true, true), (false, true), (false, true), (true, true), (false, true), (false, true), (false, false), (false, false), (true, true)])
        {
            probe.Note(good);
            Assert.Equal(healthy, probe.Healthy);
        }
    }

    private static AppProbe NewProbe(int threshold)
    {
        var options = new SidecarOptions { AppId = "a", AppHealthThreshold = threshold };
        return new AppProbe(options, new AppChannel("a", "http://127.0.0.1:1", 4096, 0, null), TimeProvider.System, NullLogger.Instance);
    }
}
