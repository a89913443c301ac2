using System.Globalization;
using LlmDapr.Contracts.Errors;
using LlmDapr.Contracts.Requests;
using LlmDapr.Jobs;
using LlmDapr.Jobs.Store;
using LlmDapr.Jobs.Workers;
using Microsoft.Extensions.Options;

namespace LlmDapr.Generation.Jobs;

/// <summary>
/// Runs one claimed job to its end: (1) read the request; (2) answer it, from the prompt cache or by a call, through the scheduler; (3) again, after a wait, as long as that may help; (4) store the
/// result. A refusal before anybody was asked is no attempt: a provider that is busy fails no job. Thread-safe.
/// </summary>
internal sealed class JobRun(JobAnswers answers, JobWorker worker, IOptions<JobsOptions> options, Func<double> random, TimeProvider time, ILogger<JobRun> logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastPause = TimeSpan.FromSeconds(30);

    private readonly JobsOptions _options = options.Value;

    /// <param name="claimed">The job.</param>
    /// <param name="slot">Its room.</param>
    /// <param name="ending">Cancelled when the job has to end without a result: cancelled by its owner, lost, or the process stops.</param>
    /// <param name="lastMoment">Cancelled when nothing can be written any more.</param>
    /// <exception cref="OperationCanceledException">It ended without a result.</exception>
    public async Task RunAsync(ClaimedJob claimed, JobSlot slot, CancellationToken ending, CancellationToken lastMoment)
    {
        // (1)
        var body = await worker.ReadRequestAsync(claimed, ending);
        if (body is null)
        {
            await FailAsync(claimed, new ApiError(500, ErrorTypes.Server, "request_lost", "The state store has lost the job's request."), lastMoment);
        }
        else if (!RequestEnvelope.TryRead(body.Value, claimed.Job.Kind, out var request, out var error))
        {
            await FailAsync(claimed, error, lastMoment);
        }
        else if (request.Stream)
        {
            await FailAsync(claimed, NoStream, lastMoment);
        }
        else
        {
            await CallAsync(claimed, slot, request, ending, lastMoment);
        }
    }

    /// <summary>A job has nobody who could read a stream.</summary>
    public static readonly ApiError NoStream = ApiError.InvalidRequest("A job's answer is not streamed: leave stream out, or call without async.", "stream");

    private static bool MayHeal(int status) => status is 408 or 409 or 429 or >= 500;

    private async Task CallAsync(ClaimedJob claimed, JobSlot slot, RequestEnvelope request, CancellationToken ending, CancellationToken lastMoment)
    {
        for (var refusals = 0; ;)
        {
            var left = _options.MaxAge - (time.GetUtcNow() - claimed.Job.CreatedAt);
            if (left <= TimeSpan.Zero)
            {
                await FailAsync(claimed, TooOld(), lastMoment);
                return;
            }

            // (2)
            var answer = await answers.AnswerAsync(claimed.Job, slot, request, left, ending);
            var wasAsked = answer.WasAsked;
            if (!MayHeal(answer.Result.Status) || (wasAsked && claimed.Job.Failures + 1 >= _options.MaxAttempts))
            {
                await FinishAsync(claimed, answer.Result, answer.Target, lastMoment);
                return;
            }

            // (3)
            if (wasAsked && !await worker.RepeatAsync(claimed, answer.Result.Body, ending))
            {
                throw new OperationCanceledException("The job is not this worker's any more.");
            }

            refusals = wasAsked ? 0 : refusals + 1;
            if (!wasAsked)
            {
                worker.Refused();
            }

            var pause = PauseOf(answer, wasAsked ? claimed.Job.Failures : refusals);
            logger.RunsAgain(claimed.Job.Id, answer.Result.Status, pause, claimed.Job.Failures);
            await Task.Delay(pause < left ? pause : left, time, ending);
        }
    }

    private TimeSpan PauseOf(JobAnswer answer, int times)
    {
        var own = FirstPause * Math.Pow(2, Math.Min(times, 10) - 1) * (0.5 + (0.5 * random()));
        var asked = int.TryParse(answer.Header("retry-after"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;
        var pause = own > asked ? own : asked;
        return pause < LastPause ? pause : LastPause;
    }

    private ApiError TooOld() => ApiError.Timeout(string.Create(CultureInfo.InvariantCulture, $"The job did not come to an end within {_options.MaxAge.TotalHours:0.##} h (Jobs:MaxAge)."));

    private Task FailAsync(ClaimedJob claimed, ApiError error, CancellationToken lastMoment) => FinishAsync(claimed, JobAnswer.ResultOf(error), null, lastMoment);

    // (4)
    private async Task FinishAsync(ClaimedJob claimed, JobResult result, string? target, CancellationToken lastMoment)
    {
        if (result.Body.Length > _options.MaxResultBytes)
        {
            result = JobAnswer.ResultOf(ApiError.Upstream(string.Create(CultureInfo.InvariantCulture, $"The answer has {result.Body.Length} bytes, a job's result at most {_options.MaxResultBytes} (Jobs:MaxResultBytes)."), "result_too_large"));
        }

        await worker.FinishAsync(claimed, result, target, lastMoment);
    }
}
