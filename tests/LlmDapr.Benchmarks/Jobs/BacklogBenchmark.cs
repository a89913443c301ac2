namespace LlmDapr.Benchmarks.Jobs;

internal static class BacklogBenchmark
{
    public static Task<int> RunAsync() => Task.FromResult(2);
}
