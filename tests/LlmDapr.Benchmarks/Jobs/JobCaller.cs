using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using LlmDapr.Testing;

namespace LlmDapr.Benchmarks.Jobs;

/// <summary>Posts chat requests, as jobs or not, each with words of its own. A refusal ends the benchmark, with the end of what the system has logged.</summary>
internal sealed class JobCaller(RunningSystem system, string model)
{
    private const int MostLog = 8000;
    private static readonly Uri Chat = new("/v1/chat/completions", UriKind.Relative);
    private static readonly Uri AsyncChat = new("/v1/async/chat/completions", UriKind.Relative);

    /// <summary>Has a job accepted.</summary>
    public async Task SubmitAsync(int number, CancellationToken cancellationToken)
    {
        using var response = await PostAsync(AsyncChat, "Job", number, cancellationToken);
        if (response.StatusCode != HttpStatusCode.Accepted)
        {
            throw await FailedAsync("A job was not accepted", response, cancellationToken);
        }
    }

    /// <summary>Has a request answered.</summary>
    public async Task AskAsync(int number, CancellationToken cancellationToken)
    {
        using var response = await PostAsync(Chat, "Question", number, cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw await FailedAsync("A request was not answered", response, cancellationToken);
        }
    }

    private async Task<HttpResponseMessage> PostAsync(Uri address, string kind, int number, CancellationToken cancellationToken)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{kind} {number}: which of the letters that came in this week have to be answered first?");
        var body = $$"""{"model":"{{JsonEncodedText.Encode(model)}}","messages":[{"role":"user","content":"{{text}}"}]}""";
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await system.Http.PostAsync(address, content, cancellationToken);
    }

    private async Task<InvalidOperationException> FailedAsync(string what, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var log = system.Output;
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        return new InvalidOperationException($"{what}: {response.StatusCode} {body}{Environment.NewLine}{log[Math.Max(0, log.Length - MostLog)..]}");
    }
}
