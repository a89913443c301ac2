using LlmDapr.Generation.Attempts;
using LlmDapr.Generation.Calls;
using LlmDapr.Generation.Catalog;
using LlmDapr.Contracts.Requests;
using Microsoft.Extensions.Options;

namespace LlmDapr.Generation.Recovery;

/// <summary>Watches over streams of models that allow it, so that one which breaks is finished by another target. Thread-safe.</summary>
internal sealed class StreamRecoverer(AttemptRunner attempts, IOptions<RecoveryOptions> options, IOptions<AttemptOptions> attemptOptions, RecoveryMetrics metrics, ILogger<StreamRecoverer> logger)
{
    public int MaxPerRequest => options.Value.MaxPerRequest;

    public int MaxAttempts => attemptOptions.Value.MaxAttempts;

    public ILogger Logger => logger;

    /// <summary>The answer, watched over where the model wants it and the request lets it.</summary>
    public CallAnswer Watch(CallAnswer answer, Attempt.Streaming started, GenerationCall call, RoutedModel model, CallClock clock)
    {
        if (model.Recovery == StreamRecovery.Off || call.Kind != RequestKind.ChatCompletion || call.Request.Choices != 1)
        {
            return answer;
        }

        var stream = new RecoveringStream(this, call, model, clock, started, answer.Head.Attempts);
        return answer with { Body = stream.Take(started.First), Rest = stream };
    }

    /// <summary>Asks for the rest, or for all once more, with the attempts that the request has left.</summary>
    public Task<(Attempt Attempt, int Attempts)> AskAsync(GenerationCall call, RoutedModel model, CallClock clock, int made) => attempts.RunAsync(call, model, clock, made);

    public void Report(Target from, string reason, Target to, string mode, string result)
    {
        metrics.Count(mode, result);
        logger.Recovery(from.ToString(), reason, to.ToString(), mode, result);
    }
}
