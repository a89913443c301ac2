using LlmDapr.Benchmarks.Caching;
using LlmDapr.Benchmarks.Capacity;
using LlmDapr.Benchmarks.Invocation;
using LlmDapr.Benchmarks.Jobs;
using LlmDapr.Benchmarks.Keys;
using LlmDapr.Benchmarks.Requests;
using LlmDapr.Benchmarks.State;

// Each benchmark is a ratio within one run: machines are shared and noisy, and an absolute time is no claim.
return args switch
{
    ["acceptance"] => await AcceptanceBenchmark.RunAsync(),
    ["backlog"] => await BacklogBenchmark.RunAsync(),
    ["cache-memory"] => await CacheBenchmark.MemoryAsync(),
    ["cache-store"] => await CacheBenchmark.StoreAsync(),
    ["capacity"] => CapacityBenchmark.Run(seeds: 3),
    ["capacity", var seeds] when int.TryParse(seeds, out var count) => CapacityBenchmark.Run(count),
    ["invocation"] => await InvocationBenchmark.RunAsync(),
    ["key"] => KeyBenchmark.Run(),
    ["queued"] => await QueuedBenchmark.RunAsync(100_000),
    ["queued", var jobs] when int.TryParse(jobs, out var count) && count >= 50_000 => await QueuedBenchmark.RunAsync(count),
    ["requests"] => await RequestsBenchmark.RunAsync(100_000),
    ["state"] => await StateBenchmark.RunAsync(),
    _ => Usage(),
};

static int Usage()
{
    Console.WriteLine("""
        dotnet run -c Release --project tests/LlmDapr.Benchmarks -- NAME

          acceptance        jobs accepted a second with the workers paused, as a fraction of durable state writes a second (limit: 1/6)
          backlog           interactive p95 under a running backlog of jobs, as a multiple of the one without (limit: 1.2), and how busy the provider is (limit: 95 %)
          cache-memory      requests per second of a hit from memory, as a part of an endpoint's that returns the same bytes (limit: 0.6)
          cache-store       what a hit from the state store costs, as a multiple of that endpoint with one GetState (limit: 1.3)
          capacity [SEEDS]  how much of a provider's capacity is used: the scheduler against no limit, the best fixed limit and an oracle
          queued [JOBS]     memory of edge, generation and the sidecar while 100,000 jobs (at least 50,000: below, they are still warming up) wait: what a waiting job costs (limit: 256 bytes in each)
          requests          100,000 requests that end in every way at every phase: nothing is held at the end
          key               the prompt cache's key of a 4 KB request, as a multiple of one SHA-256 and one Utf8JsonReader pass (limit: 3), and what it allocates (limit: 2 KB)
          invocation        what the development sidecar adds to a call, as a multiple of what a bare YARP forwarder adds (limit: 2)
          state             reads and durable writes of state through the development sidecar, as a fraction of empty gRPC calls (limits: 0.6, 0.4)
        """);
    return 2;
}
