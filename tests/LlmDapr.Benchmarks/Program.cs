using LlmDapr.Benchmarks.Capacity;
using LlmDapr.Benchmarks.Invocation;
using LlmDapr.Benchmarks.Requests;
using LlmDapr.Benchmarks.State;

// Each benchmark is a ratio within one run: machines are shared and noisy, and an absolute time is no claim.
return args switch
{
    ["capacity"] => CapacityBenchmark.Run(seeds: 3),
    ["capacity", var seeds] when int.TryParse(seeds, out var count) => CapacityBenchmark.Run(count),
    ["invocation"] => await InvocationBenchmark.RunAsync(),
    ["requests"] => await RequestsBenchmark.RunAsync(100_000),
    ["state"] => await StateBenchmark.RunAsync(),
    _ => Usage(),
};

static int Usage()
{
    Console.WriteLine("""
        dotnet run -c Release --project tests/LlmDapr.Benchmarks -- NAME

          capacity [SEEDS]  how much of a provider's capacity is used: the scheduler against no limit, the best fixed limit and an oracle
          requests          100,000 requests that end in every way at every phase: nothing is held at the end
          invocation        what the development sidecar adds to a call, as a multiple of what a bare YARP forwarder adds (limit: 2)
          state             reads and durable writes of state through the development sidecar, as a fraction of empty gRPC calls (limits: 0.6, 0.4)
        """);
    return 2;
}
