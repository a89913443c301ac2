using System.Globalization;

namespace LlmDapr.Dapr.Conformance.State;

/// <summary>What the recorded components were connected to. The development sidecar needs none of it; a real daprd needs the Redis.</summary>
internal static class RecordedStores
{
    /// <summary>Redis's port, for real daprds: <c>LLMDAPR_REDIS_PORT</c>, default 6379.</summary>
    public static int RedisPort => int.TryParse(Environment.GetEnvironmentVariable("LLMDAPR_REDIS_PORT"), NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : 6379;
}
