using System.Net.Http.Headers;

namespace LlmDapr.System.Tests.Jobs;

/// <summary>Jobs over HTTP.</summary>
internal static class JobCalls
{
    public static readonly Uri Chat = new("/v1/async/chat/completions", UriKind.Relative);
    public static readonly Uri Embeddings = new("/v1/async/embeddings", UriKind.Relative);

    public static Task<JobAnswer> SubmitJobAsync(this HttpClient http, string body, CancellationToken cancellationToken, string? key = null, string? bearer = null, Uri? path = null)
    {
        var request = Tests.Chat.Request(body, path ?? Chat);
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return http.SendJobAsync(request, bearer, cancellationToken);
    }

    /// <param name="http">Edge.</param>
    /// <param name="id">The job's.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="wait">How long edge waits for the job's end.</param>
    /// <param name="bearer">The caller's key.</param>
    public static Task<JobAnswer> GetJobAsync(this HttpClient http, string id, CancellationToken cancellationToken, string wait = "0s", string? bearer = null) =>
        http.SendJobAsync(new HttpRequestMessage(HttpMethod.Get, new Uri($"/v1/async/{id}?wait={wait}", UriKind.Relative)), bearer, cancellationToken);

    public static Task<JobAnswer> CancelJobAsync(this HttpClient http, string id, CancellationToken cancellationToken, string? bearer = null) =>
        http.SendJobAsync(new HttpRequestMessage(HttpMethod.Delete, new Uri($"/v1/async/{id}", UriKind.Relative)), bearer, cancellationToken);

    private static async Task<JobAnswer> SendJobAsync(this HttpClient http, HttpRequestMessage request, string? bearer, CancellationToken cancellationToken)
    {
        using (request)
        {
            request.Headers.Authorization = bearer is null ? null : new AuthenticationHeaderValue("Bearer", bearer);
            using var response = await http.SendAsync(request, cancellationToken);
            return new JobAnswer(response.StatusCode, response.Headers.Location?.ToString(), await response.Content.ReadAsStringAsync(cancellationToken));
        }
    }
}
