using System.Collections.Concurrent;
using LlmDapr.Testing;

namespace LlmDapr.System.Tests.Cache;

/// <summary>Callers that ask for the same prompts again and again, in both forms, until they are stopped.</summary>
internal sealed class CacheLoad : IAsyncDisposable
{
    private const int Callers = 4;

    private readonly HttpClient _http;
    private readonly string _model;
    private readonly int _prompts;
    private readonly bool _asksNewOnes;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, int> _seen = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly Task _running;
    private int _answered;
    private int _next;

    /// <param name="http">Edge.</param>
    /// <param name="model">The model.</param>
    /// <param name="prompts">How many prompts are repeated.</param>
    /// <param name="asksNewOnes">Whether every second request is for something new, which is to be kept.</param>
    public CacheLoad(HttpClient http, string model, int prompts, bool asksNewOnes)
    {
        (_http, _model, _prompts, _asksNewOnes) = (http, model, prompts, asksNewOnes);
        _running = Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(RunAsync)));
    }

    public static string Body(string model, int prompt, bool stream = false) => CachedAnswer.Deterministic(model, $"Prompt {prompt}", stream);

    /// <summary>Waits for so many answers from now on.</summary>
    public Task AnsweredAsync(int more, CancellationToken cancellationToken)
    {
        var goal = Volatile.Read(ref _answered) + more;
        return Eventually.TrueAsync(() => Volatile.Read(ref _answered) >= goal, $"{more} more answers", cancellationToken, TimeSpan.FromSeconds(60));
    }

    /// <summary>Waits for so many answers of a kind from now on.</summary>
    public Task SeesAsync(string cache, int more, CancellationToken cancellationToken)
    {
        var goal = _seen.GetValueOrDefault(cache) + more;
        return Eventually.TrueAsync(() => _seen.GetValueOrDefault(cache) >= goal, $"{more} more answers are '{cache}'", cancellationToken, TimeSpan.FromSeconds(60));
    }

    /// <summary>Ends it; what was wrong with any of its answers.</summary>
    public async Task<IReadOnlyCollection<string>> StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
        return _failures;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var i = Interlocked.Increment(ref _next);
            var prompt = _asksNewOnes && i % 2 == 0 ? 1000 + i : i / 2 % _prompts;
            var answer = await CachedAnswer.AskAsync(_http, Body(_model, prompt, stream: i % 3 == 0), CancellationToken.None);
            if (answer is not { Status: 200, IsWhole: true } || answer.Text != Chat.Expected(_model, $"Prompt {prompt}"))
            {
                _failures.Enqueue($"{prompt}: {answer}");
            }

            _seen.AddOrUpdate(answer.Cache ?? "none", 1, (_, count) => count + 1);
            Interlocked.Increment(ref _answered);
        }
    }
}
