using System.Diagnostics;
using System.Globalization;
using LlmDapr.Contracts;
using LlmDapr.Testing;

namespace LlmDapr.Benchmarks.Jobs;

/// <summary>
/// Jobs pile up while the workers are paused, and the memory of each process is watched. A job is about a kilobyte of record and message on disk; whoever held
/// queued jobs in memory, or a list of their ids with what belongs to it, would grow by more than the bound for each of them.
/// The slope is taken between medians of the second and the last fifth, so that caches, pools and the heap's own ups and downs do not count.
/// </summary>
internal static class QueuedBenchmark
{
    private const int AtOnce = 64;
    private const int Pieces = 100;

    /// <summary>Bytes that one more queued job may add to a process, of memory that is resident and belongs to no file.</summary>
    private const double MostBytesPerJob = 256;

    public static async Task<int> RunAsync(int jobs)
    {
        await using var system = await BuiltSystem.StartAsync(BuiltSystem.WorkersPaused);
        var caller = new JobCaller(system, BuiltSystem.ModelWithoutEnd);
        ProcessMemory[] processes =
        [
            new("edge", system.PidOf(AppIds.Edge), system.Edge),
            new("generation", system.PidOf(AppIds.Generation), new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{system.Report.App(AppIds.Generation).AppPort}"))),
            new("sidecar", system.Report.App(AppIds.Edge).SidecarPid, null),
        ];
        var began = Stopwatch.GetTimestamp();
        var queued = 0;
        for (var piece = 1; piece <= Pieces; piece++)
        {
            var last = jobs * piece / Pieces;
            await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
            {
                for (var i = Interlocked.Increment(ref queued); i <= last; i = Interlocked.Increment(ref queued))
                {
                    await caller.SubmitAsync(i, CancellationToken.None);
                }
            }));
            queued = last;
            foreach (var process in processes)
            {
                await process.SampleAsync(queued);
            }
        }

        var asked = (await system.Simulator.OfAsync(BuiltSystem.ModelWithoutEnd, CancellationToken.None)).Requests;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{jobs} jobs queued in {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s, {asked} of them taken by a worker; MiB, medians of the second and the last fifth"));
        var isMet = asked <= 1 + (jobs / 1000);
        foreach (var process in processes)
        {
            isMet &= Report(process, process.Between(jobs / 5, jobs * 2 / 5), process.Between(jobs * 4 / 5, jobs));
            process.Dispose();
        }

        return isMet ? 0 : 1;
    }

    private static bool Report(ProcessMemory process, ProcessMemory.Sample early, ProcessMemory.Sample late)
    {
        const double MiB = 1024 * 1024;
        var perJob = (late.Anonymous - early.Anonymous) / (double)(late.Count - early.Count);
        var heap = process.HasHeap ? string.Create(CultureInfo.InvariantCulture, $", heap {early.Heap / MiB:0.0} to {late.Heap / MiB:0.0}") : string.Empty;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {process.Name,-12}resident {early.Resident / MiB:0.0} to {late.Resident / MiB:0.0}, without files {early.Anonymous / MiB:0.0} to {late.Anonymous / MiB:0.0}{heap}: {perJob:0} bytes a queued job (limit {MostBytesPerJob:0})"));
        return perJob <= MostBytesPerJob;
    }
}
