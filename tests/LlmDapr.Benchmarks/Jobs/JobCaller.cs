using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace LlmDapr.Benchmarks.Jobs;

/// <summary>Posts chat requests, as jobs or not, each with words of its own.</summary>
internal sealed class JobCaller(HttpClient http, string model)
{
    private static readonly Uri Chat = new("/v1/chat/completions", UriKind.Relative);
    private static readonly Uri AsyncChat = new("/v1/async/chat/completions", UriKind.Relative);

    /// <summary>Has a job accepted.</summary>
    public async Task SubmitAsync(int number, CancellationToken cancellationToken)
    {
        using var response = await PostAsync(AsyncChat, "Job", number, cancellationToken);
        if (response.StatusCode != HttpStatusCode.Accepted)
        {
            throw new InvalidOperationException($"A job was not accepted: {response.StatusCode} {await response.Content.ReadAsStringAsync(cancellationToken)}");
        }
    }

    /// <summary>Has a request answered.</summary>
    public async Task AskAsync(int number, CancellationToken cancellationToken)
    {
        using var response = await PostAsync(Chat, "Question", number, cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new InvalidOperationException($"A request was not answered: {response.StatusCode} {await response.Content.ReadAsStringAsync(cancellationToken)}");
        }
    }

    private async Task<HttpResponseMessage> PostAsync(Uri address, string kind, int number, CancellationToken cancellationToken)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{kind} {number}: which of the letters that came in this week have to be answered first?");
        var body = $$"""{"model":"{{JsonEncodedText.Encode(model)}}","messages":[{"role":"user","content":"{{text}}"}]}""";
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await http.PostAsync(address, content, cancellationToken);
    }
}
