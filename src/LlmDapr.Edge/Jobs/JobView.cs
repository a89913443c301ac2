using System.Text.Json;
using LlmDapr.Contracts.Requests;
using LlmDapr.Jobs;
using LlmDapr.Jobs.Records;
using LlmDapr.Jobs.Store;
using Microsoft.Extensions.Options;

namespace LlmDapr.Edge.Jobs;

/// <summary>Shows a job to its owner, with what it came to.</summary>
internal sealed class JobView(JobStore jobs, IOptions<JobsOptions> options)
{
    /// <exception cref="JobsUnavailableException">The result could not be read.</exception>
    public async Task<AsyncJob> ShowAsync(JobRecord job, CancellationToken cancellationToken)
    {
        var result = await jobs.GetResultAsync(job, cancellationToken);
        return new AsyncJob(
            job.Id,
            "async.job",
            Endpoint(job.Kind),
            job.Model,
            JsonNamingPolicy.SnakeCaseLower.ConvertName(job.Status.ToString()),
            job.CreatedAt.ToUnixTimeSeconds(),
            job.StartedAt?.ToUnixTimeSeconds(),
            job.FinishedAt?.ToUnixTimeSeconds(),
            (job.FinishedAt + options.Value.ResultTtl)?.ToUnixTimeSeconds(),
            job.Attempts,
            job.Outcome?.Target,
            job.Outcome?.Cache,
            job.Status == JobStatus.Succeeded ? result?.Body : null,
            job.Status == JobStatus.Failed ? ErrorOf(result?.Body, result?.Status)
                : job is { IsFinished: false, LastError: { } last } ? ErrorOf(last, null)
                : null);
    }

    private static string Endpoint(RequestKind kind) => kind == RequestKind.Embeddings ? "/v1/embeddings" : "/v1/chat/completions";

    // The error itself, as an SDK knows it, and the status with which it would have come.
    private static JsonElement? ErrorOf(ReadOnlyMemory<byte>? body, int? status)
    {
        if (body is not { } bytes)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(bytes);
            var error = document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("error", out var inner) ? inner : document.RootElement;
            return error.ValueKind == JsonValueKind.Object && status is { } code ? WithStatus(error, code) : error.Clone();
        }
        catch (JsonException)
        {
            // A provider's error page.
            return JsonSerializer.SerializeToElement(System.Text.Encoding.UTF8.GetString(bytes.Span), ErrorJsonContext.Default.String);
        }
    }

    private static JsonElement WithStatus(JsonElement error, int status)
    {
        var members = error.EnumerateObject().ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal);
        members["status"] = JsonSerializer.SerializeToElement(status, ErrorJsonContext.Default.Int32);
        return JsonSerializer.SerializeToElement(members, ErrorJsonContext.Default.DictionaryStringJsonElement);
    }
}
