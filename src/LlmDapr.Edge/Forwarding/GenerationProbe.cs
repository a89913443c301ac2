using System.Net;
using LlmDapr.Contracts;

namespace LlmDapr.Edge.Forwarding;

/// <summary>Asks for a path of generation with a GET, which costs nothing and closes a half-open breaker.</summary>
internal sealed class GenerationProbe(HttpClient http, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task<ProbeResult> AskAsync(string path, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            using var response = await http.GetAsync(new Uri($"http://{AppIds.Generation}{path}"), either.Token);
            return response.StatusCode == HttpStatusCode.NoContent ? ProbeResult.Answered
                : (await DaprRefusal.ReadAsync(response, either.Token)).IsBreaker ? ProbeResult.BreakerOpen
                : ProbeResult.Failed;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return ProbeResult.Failed;
        }
    }
}
