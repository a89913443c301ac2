using System.Text;
using LlmDapr.Contracts;
using LlmDapr.Contracts.Requests;
using LlmDapr.Jobs.Records;
using LlmDapr.Jobs.Store;
using LlmDapr.Jobs.Tests.Fakes;
using LlmDapr.Jobs.Workers;
using Microsoft.Extensions.Time.Testing;

namespace LlmDapr.Jobs.Tests.Workers;

/// <summary>
/// A small world of one store, one broker, an edge and some workers, whose every operation waits at a gate: a seed decides whose goes next, who dies before
/// or after which, and when time passes. What a process had begun when it died never ends.
/// </summary>
internal sealed class Simulation
{
    private const int Workers = 3;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    private readonly Random _random;
    private readonly Pump _pump = new();
    private readonly FakeTimeProvider _time = new();
    private readonly FakeStore _store;
    private readonly List<SimulatedWorker> _living = [];
    private readonly List<(TaskCompletionSource Gate, object Owner)> _gates = [];
    private readonly List<(string Topic, string Id)> _queue = [];
    private readonly HashSet<string> _acknowledged = [];
    private readonly Queue<int> _retries = new();
    private readonly HashSet<string> _cancelled = [];
    private readonly HashSet<string> _attempted = [];
    private readonly List<string> _problems = [];
    private readonly bool _isCalm;
    private readonly bool _isFaulty;
    private int _read;
    private int _kills;
    private int _submitted;

    public Simulation(int seed, int kills, bool isCalm = false, bool isFaulty = false)
    {
        _random = new Random(seed);
        _kills = kills;
        (_isCalm, _isFaulty) = (isCalm, isFaulty);
        _store = new FakeStore(_time);
    }

    /// <summary>Runs it to its end: everything that was acknowledged has to be done, once.</summary>
    public IReadOnlyList<string> Run()
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(_pump);
        try
        {
            for (var i = 0; i < Workers; i++)
            {
                _living.Add(new SimulatedWorker(this));
            }

            for (var i = 0; i < 900; i++)
            {
                Step(mayKill: true, maySubmit: i < 600);
            }

            // The end: nobody dies any more, and all that is left is worked off.
            for (var i = 0; i < 20_000 && !IsDone(); i++)
            {
                Step(mayKill: false, maySubmit: false);
            }

            Judge();
            return _problems;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private void Step(bool mayKill, bool maySubmit)
    {
        _pump.RunDue();
        Receive();
        var choice = _random.Next(100);
        if (_gates.Count > 0 && choice < 70)
        {
            var index = _random.Next(_gates.Count);
            if (_gates[index].Owner is not SimulatedWorker { IsSluggish: true } || !mayKill || _random.Next(25) == 0)
            {
                Open(index);
            }
        }
        else if (choice < 76 && maySubmit && _submitted < 8)
        {
            Submit();
        }
        else if (choice < 84)
        {
            Deliver();
        }
        else if (choice < 88)
        {
            _living[_random.Next(_living.Count)].ActOnAJob(_random);
        }
        else if (choice < 96)
        {
            _time.Advance(_isCalm ? Lease / 50 : Lease / _random.Next(2, 30));
            _living.ForEach(worker => worker.Tick());
        }
        else if (choice < 97 && _acknowledged.Count > 0 && maySubmit)
        {
            Cancel(_acknowledged.ElementAt(_random.Next(_acknowledged.Count)));
        }
        else if (mayKill && _kills > 0 && choice == 97)
        {
            _kills--;
            // Of a sluggish worker, others have thought so before.
            var victim = _living.FindIndex(worker => worker.IsSluggish);
            victim = victim < 0 || _random.Next(2) == 0 ? _random.Next(_living.Count) : victim;
            Kill(_living[victim]);
            _living[victim] = new SimulatedWorker(this);
        }

        _pump.RunDue();
    }

    private void Open(int index)
    {
        var (gate, _) = _gates[index];
        _gates.RemoveAt(index);
        gate.SetResult();
    }

    private void Kill(SimulatedWorker worker)
    {
        worker.IsDead = true;
        _gates.RemoveAll(gate => gate.Owner == worker);
        foreach (var message in worker.Unacknowledged)
        {
            _queue.Add(message);
        }
    }

    private void Receive()
    {
        var events = _store.Events;
        for (; _read < events.Count; _read++)
        {
            if (events[_read].Topic == Topics.Jobs)
            {
                _queue.Add((Topics.Jobs, events[_read].Id));
            }
        }
    }

    private async void Submit()
    {
        var number = _retries.TryDequeue(out var again) ? again : _submitted++;
        if (number % 2 == 0)
        {
            // Of an event, only the worker can say whether it is accepted; the broker has it till then.
            _queue.Add((Topics.Requests, $"event-{number}"));
            return;
        }

        var edge = new SimulatedWorker(this);
        var request = new JobRequest("t", RequestKind.ChatCompletion, "m", Body(number)) { IdempotencyKey = $"{number}" };
        try
        {
            var job = await edge.Process.Store.SubmitAsync(request, CancellationToken.None) switch
            {
                Submission.Created created => created.Job,
                Submission.Existing existing => existing.Job,
                _ => null,
            };
            _acknowledged.Add(job!.Id);
        }
        catch (JobsUnavailableException)
        {
            // 503: the caller tries again.
            _retries.Enqueue(number);
        }
    }

    private async void Cancel(string id)
    {
        var edge = new SimulatedWorker(this);
        _attempted.Add(id);
        try
        {
            if (await edge.Process.Store.CancelAsync("t", id, CancellationToken.None) is { Status: JobStatus.Cancelled })
            {
                _cancelled.Add(id);
            }
        }
        catch (JobsUnavailableException)
        {
        }
    }

    private void Deliver()
    {
        if (_queue.Count > 0)
        {
            var message = _queue[_random.Next(_queue.Count)];
            _queue.Remove(message);
            Deliver(_living[_random.Next(_living.Count)], message);
        }
    }

    private async void Deliver(SimulatedWorker worker, (string Topic, string Id) message)
    {
        worker.Unacknowledged.Add(message);
        try
        {
            var claim = message.Topic == Topics.Jobs
                ? await worker.Process.Worker.ClaimAsync(message.Id, CancellationToken.None)
                : await worker.Process.Worker.ClaimNewAsync(Event(message.Id), CancellationToken.None);
            worker.Unacknowledged.Remove(message);
            if (message.Topic == Topics.Requests)
            {
                _acknowledged.Add(JobIds.OfEvent("event:s", "s", message.Id));
            }

            if (claim is Claim.Taken taken)
            {
                worker.Claimed.Add(taken.Job);
            }
        }
        catch (JobsUnavailableException)
        {
            // 503: it comes again.
            worker.Unacknowledged.Remove(message);
            _queue.Add(message);
        }
    }

    private static EventJob Event(string id) =>
        new(new JobRequest("event:s", RequestKind.ChatCompletion, "m", Body(id.Length)) { Origin = JobOrigin.Event }, "s", id, Topics.Results);

    private static byte[] Body(int number) => Encoding.UTF8.GetBytes($$"""{"model":"m","n":{{number}}}""");

    private bool IsDone() =>
        _queue.Count == 0 && _gates.Count == 0 && _living.TrueForAll(worker => worker.Claimed.Count == 0 && worker.Busy == 0)
        && Current().Values.All(job => job is { IsFinished: true, IsReplyDue: false });

    private Dictionary<string, JobRecord> Current() => _store.Keys
        .Where(key => key.StartsWith("job-", StringComparison.Ordinal) && JobIds.IsValid(key[4..]))
        .Select(key => JobCodec.Read(Encoding.UTF8.GetBytes(_store.TextOf(key)!))!)
        .ToDictionary(job => job.Id);

    private void Judge()
    {
        var current = Current();
        foreach (var id in _acknowledged)
        {
            if (!current.TryGetValue(id, out var job))
            {
                _problems.Add($"{id} was acknowledged and is gone");
            }
            else if (!job.IsFinished)
            {
                _problems.Add($"{id} was acknowledged and is {job.Status} of {job.Worker}, attempt {job.Attempts}");
            }
            else if (job.Status == JobStatus.Cancelled ? !_attempted.Contains(id) : _cancelled.Contains(id))
            {
                _problems.Add($"{id} is {job.Status}, although its cancellation said otherwise");
            }
            else if (job.Origin == JobOrigin.Event && !_store.Events.Any(sent => sent.Topic == Topics.Results && sent.Id == id))
            {
                _problems.Add($"{id} has no result event");
            }
        }

        foreach (var versions in _store.Written.Where(write => current.ContainsKey(write.Key.Replace("job-", "", StringComparison.Ordinal))).GroupBy(write => write.Key))
        {
            var records = versions.Select(version => JobCodec.Read(Encoding.UTF8.GetBytes(version.Text))!).ToList();
            var results = records.Where(job => job.IsFinished).Select(job => (job.Status, Text: job.Outcome is { Body: { } body } ? Encoding.UTF8.GetString(body) : null)).Distinct().ToList();
            if (results.Count > 1)
            {
                _problems.Add($"{versions.Key} has had {results.Count} results");
            }

            for (var i = 1; i < records.Count; i++)
            {
                if (records[i].Revision != records[i - 1].Revision + 1)
                {
                    _problems.Add($"{versions.Key} lost a change");
                }
            }

            var outcome = records[^1].Outcome;
            if (outcome is { Body: { } final } && Encoding.UTF8.GetString(final) != $"result of attempt {outcome.Attempt}")
            {
                _problems.Add($"{versions.Key} has the result of another run");
            }

            if (outcome is not null && outcome.Attempt != records[^1].Attempts)
            {
                _problems.Add($"{versions.Key} has the result of a worker that did not have it any more");
            }
        }

        _problems.AddRange(_store.WithoutTtl.Select(key => $"{key} was saved without a time to live"));
    }

    /// <summary>A process, and what it has under way.</summary>
    private sealed class SimulatedWorker
    {
        private readonly Simulation _simulation;
        private bool _ticking;

        public SimulatedWorker(Simulation simulation)
        {
            _simulation = simulation;
            IsSluggish = !simulation._isCalm && simulation._random.Next(3) == 0;
            Process = new FakeProcess(simulation._store, simulation._time, options =>
            {
                options.Lease = Lease;
                options.MaxLosses = 100;
            });
            if (simulation._isFaulty)
            {
                Process.Dapr.Fault = _ => simulation._random.Next(100) switch
                {
                    < 4 => FakeFault.Down,
                    < 7 => FakeFault.AnswerLost,
                    _ => FakeFault.None,
                };
            }

            Process.Dapr.Before = _ => GateAsync();
            Process.Dapr.After = _ => simulation._random.Next(3) == 0 ? GateAsync() : Task.CompletedTask;
        }

        public FakeProcess Process { get; }

        public List<ClaimedJob> Claimed { get; } = [];

        public List<(string Topic, string Id)> Unacknowledged { get; } = [];

        public bool IsDead { get; set; }

        /// <summary>Whether it hangs long enough between two steps to be taken for dead.</summary>
        public bool IsSluggish { get; }

        public int Busy { get; private set; }

        public async void Tick()
        {
            if (_ticking)
            {
                return;
            }

            _ticking = true;
            try
            {
                await Process.Life.BeatOnceAsync(CancellationToken.None);
                await Process.Life.WatchOnceAsync(CancellationToken.None);
            }
            catch (JobsUnavailableException)
            {
            }

            _ticking = false;
        }

        public async void ActOnAJob(Random random)
        {
            if (Claimed.Count == 0)
            {
                return;
            }

            var job = Claimed[random.Next(Claimed.Count)];
            Claimed.Remove(job);
            Busy++;
            switch (random.Next(4))
            {
                case 0:
                    await Process.Worker.HandBackAsync(job, CancellationToken.None);
                    break;
                case 1 when await Process.Worker.RepeatAsync(job, "{}"u8.ToArray(), CancellationToken.None):
                    Claimed.Add(job);
                    break;
                case 1:
                    await Process.Worker.ReleaseAsync(job, CancellationToken.None);
                    break;
                default:
                    await Process.Worker.FinishAsync(job, new JobResult(200, "text/plain", Encoding.UTF8.GetBytes($"result of attempt {job.Job.Attempts}")), "p/m", CancellationToken.None);
                    break;
            }

            Busy--;
        }

        private Task GateAsync()
        {
            var gate = new TaskCompletionSource();
            if (!IsDead)
            {
                _simulation._gates.Add((gate, this));
            }

            return gate.Task;
        }
    }
}
