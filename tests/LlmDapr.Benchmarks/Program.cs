using LlmDapr.Benchmarks.Invocation;

// Each benchmark is a ratio within one run: machines are shared and noisy, and an absolute time is no claim.
return args switch
{
    ["invocation"] => await InvocationBenchmark.RunAsync(),
    _ => Usage(),
};

static int Usage()
{
    Console.WriteLine("""
        dotnet run -c Release --project tests/LlmDapr.Benchmarks -- NAME

          invocation   what the development sidecar adds to a call, as a multiple of what a bare YARP forwarder adds (limit: 2)
        """);
    return 2;
}
