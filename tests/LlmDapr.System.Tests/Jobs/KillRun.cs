using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using LlmDapr.Contracts;
using LlmDapr.Testing;

namespace LlmDapr.System.Tests.Jobs;

/// <summary>
/// Jobs and events while processes are killed: (1) clients submit and publish until they are told that it is taken, and read each job's end as soon as it is there; (2) all the while somebody
/// kills; (3) at the end everything that was acknowledged has its result, the same as when it was first seen, and the provider was asked for no more than that and what the dead were doing.
/// The provider is not killed: it counts.
/// </summary>
internal sealed class KillRun(KillPlan plan, Action<string> print)
{
    // Hundreds of clients that ask again at once would keep what is starting again from the processor.
    private static readonly TimeSpan Politeness = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<int, JobAnswer> _ended = new();
    private readonly ConcurrentDictionary<int, string> _accepted = new();
    private int _repeats;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async Task RunAsync()
    {
        print(string.Create(CultureInfo.InvariantCulture, $"seed {plan.Seed}: {plan.Jobs} jobs, {plan.Events} events, {plan.Kills} kills, {plan.Replicas} of generation"));
        var startedAt = TimeProvider.System.GetTimestamp();
        await using var app = await EventApp.StartAsync(Ct);
        await using var system = await RunningSystem.StartAsync(
            new RunningSystemOptions
            {
                ChangeRunFile = app.Join,
                Scale = new Dictionary<string, int> { [AppIds.Generation] = plan.Replicas },
                AppEnvironment = [$"edge:LLMDAPR_ADMIN_KEY={JobSystem.AdminKey}", $"generation:Jobs__Lease={plan.Lease}"],
            },
            Ct);
        app.Meet(system);
        print($"ready after {Seconds(startedAt)} s");

        // (1), (2)
        using var killer = new Killer(system, plan, print);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(plan.Within);
        try
        {
            await AllOrNoneAsync(
                limit,
                EachAsync(plan.Jobs, plan.Clients, (i, token) => SubmitAndReadAsync(system, killer, i, token), limit.Token),
                EachAsync(plan.Events, plan.Clients / 2, (i, token) => PublishAsync(app, killer, i, token), limit.Token),
                killer.RunAsync(limit.Token));
        }
        catch (Exception e)
        {
            print($"failed after {Seconds(startedAt)} s: {e.Message}");
            await TellAsync(system);
            throw;
        }

        print($"every job has ended after {Seconds(startedAt)} s");
        await Eventually.TrueAsync(() => app.Answered.Count >= plan.Events, "every event has its result", limit.Token, plan.Within);
        await system.BecomesIdleAsync(limit.Token);
        print($"every event has its result after {Seconds(startedAt)} s");

        // (3)
        await CheckJobsAsync(system);
        CheckEvents(app);
        await CheckCallsAsync(system, killer);
    }

    private static string Seconds(long since) => TimeProvider.System.GetElapsedTime(since).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);

    private static string Prompt(string kind, int number) => string.Create(CultureInfo.InvariantCulture, $"{kind} {number}");

    private static string EventId(int number) => string.Create(CultureInfo.InvariantCulture, $"kill-{number}");

    private static Task EachAsync(int count, int atOnce, Func<int, CancellationToken, ValueTask> work, CancellationToken cancellationToken) =>
        Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken }, work);

    /// <summary>Waits for all; the first that fails ends the others, and is what is said.</summary>
    private static async Task AllOrNoneAsync(CancellationTokenSource others, params Task[] tasks)
    {
        await foreach (var ended in Task.WhenEach(tasks))
        {
            if (!ended.IsCompletedSuccessfully)
            {
                await others.CancelAsync();
                await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await ended;
        }
    }

    /// <summary>Tries until there is an answer; a process that was killed gives none, or 503.</summary>
    private async Task<JobAnswer> InsistAsync(Func<Task<JobAnswer>> ask, string what, CancellationToken cancellationToken)
    {
        JobAnswer? answer = null;
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    answer = await ask();
                }
                catch (HttpRequestException)
                {
                    Interlocked.Increment(ref _repeats);
                    return false;
                }

                switch (answer.Status)
                {
                    case HttpStatusCode.OK or HttpStatusCode.Accepted:
                        return true;
                    case HttpStatusCode.ServiceUnavailable:
                        Interlocked.Increment(ref _repeats);
                        return false;
                    default:
                        Assert.Fail($"{what}: {answer}");
                        return false;
                }
            },
            what,
            cancellationToken,
            plan.Within,
            Politeness);
        return answer!;
    }

    private async ValueTask SubmitAndReadAsync(RunningSystem system, Killer killer, int number, CancellationToken cancellationToken)
    {
        await killer.AdmittedAsync(cancellationToken);
        var body = Chat.Body(plan.Model, Prompt("Job", number), stream: false);
        var key = Prompt("kill", number);
        var accepted = await InsistAsync(() => system.Http.SubmitJobAsync(body, cancellationToken, key), $"job {number} is accepted", cancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, accepted.Status);
        _accepted[number] = accepted.Id;
        while (!_ended.ContainsKey(number))
        {
            var seen = await InsistAsync(() => system.Http.GetJobAsync(accepted.Id, cancellationToken, "20s"), $"job {number} is read", cancellationToken);
            Assert.Equal(accepted.Id, seen.Id);
            if (seen.IsFinished)
            {
                _ended[number] = seen;
            }
        }
    }

    private async ValueTask PublishAsync(EventApp app, Killer killer, int number, CancellationToken cancellationToken)
    {
        await killer.AdmittedAsync(cancellationToken);
        var sent = EventApp.EventOf(EventId(number), EventApp.DataOf(Chat.Body(plan.Model, Prompt("Event", number), stream: false)));
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    return await app.PublishAsync(sent, cancellationToken) == 204;
                }
                catch (HttpRequestException)
                {
                    Interlocked.Increment(ref _repeats);
                    return false;
                }
            },
            $"event {number} is published",
            cancellationToken,
            plan.Within,
            Politeness);
    }

    /// <summary>Where the jobs stand that have not ended, and what the system said last: for whoever has to find out why.</summary>
    private async Task TellAsync(RunningSystem system)
    {
        if (Environment.GetEnvironmentVariable("LLMDAPR_TEST_LOG") is { Length: > 0 } log)
        {
            await File.WriteAllTextAsync(log, system.Output, CancellationToken.None);
        }

        var states = new List<string>();
        foreach (var (number, id) in _accepted.Where(job => !_ended.ContainsKey(job.Key)))
        {
            try
            {
                states.Add((await system.Http.GetJobAsync(id, CancellationToken.None)).Body);
            }
            catch (HttpRequestException e)
            {
                states.Add($"{id}: {e.Message}");
            }
        }

        print($"{_ended.Count} jobs have ended, {states.Count} have not: {string.Join(Environment.NewLine, states)}");
    }

    /// <summary>Each has the answer to its own prompt, and what was seen once is seen again: nobody has written a second result over the first.</summary>
    private async Task CheckJobsAsync(RunningSystem system)
    {
        Assert.Equal(plan.Jobs, _ended.Count);
        Assert.Equal(plan.Jobs, _ended.Values.Select(job => job.Id).Distinct().Count());
        await EachAsync(
            plan.Jobs,
            plan.Clients,
            async (i, _) =>
            {
                var first = _ended[i];
                Assert.True(first.State == "succeeded", first.Body);
                Assert.Equal(Chat.Expected(plan.Model, Prompt("Job", i)), first.Text);
                Assert.Equal(first.Body, (await system.Http.GetJobAsync(first.Id, Ct)).Body);
            },
            Ct);
        print($"attempts of the jobs: {Distribution(_ended.Values.Select(job => job.Attempts))}; requests of clients that were repeated: {_repeats}");
    }

    /// <summary>Each has a result, under one job's id, and the copies of it are the same: an answer's own id is in each.</summary>
    private void CheckEvents(EventApp app)
    {
        var copies = Enumerable.Range(0, plan.Events).Select(i => app.Of(EventId(i))).ToList();
        Assert.Equal(plan.Events, app.Answered.Count);
        Assert.All(copies.Index(), of =>
        {
            Assert.NotEmpty(of.Item);
            Assert.Equal(("succeeded", Chat.Expected(plan.Model, Prompt("Event", of.Index))), (of.Item[0].Status, of.Item[0].Text));
            Assert.All(of.Item, copy => Assert.Equal(of.Item[0], copy));
        });
        Assert.Equal(plan.Events, copies.Select(of => of[0].Id).Distinct().Count());
        print($"deliveries of the result events: {Distribution(copies.Select(of => of.Count))}");
    }

    private async Task CheckCallsAsync(RunningSystem system, Killer killer)
    {
        var counts = await system.Simulator.OfAsync(plan.Model, Ct);
        var work = plan.Jobs + plan.Events;
        print(string.Create(
            CultureInfo.InvariantCulture,
            $"calls at the provider: {counts.Requests} for {work} requests, {counts.Requests - work} more; {killer.InFlight} were in flight at the kills; {counts.Cancelled} were cut off, most at once {counts.PeakConcurrency}"));
        Assert.InRange(counts.Requests, work, work + killer.InFlight);
    }

    private static string Distribution(IEnumerable<int> numbers) =>
        string.Join(", ", numbers.CountBy(number => number).OrderBy(of => of.Key).Select(of => string.Create(CultureInfo.InvariantCulture, $"{of.Key}: {of.Value}")));
}
