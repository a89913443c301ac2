using System.Net.Sockets;
using LlmDapr.Local.RunFile;

namespace LlmDapr.Local.Readiness;

/// <summary>Asks an app and its sidecar whether they are ready.</summary>
internal sealed class ReadinessProbe : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan OneTry = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _time;
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = OneTry };

    /// <summary>Probes by the given clock.</summary>
    public ReadinessProbe(TimeProvider time) => _time = time;

    /// <summary>
    /// Ends once the app listens and answers <c>GET /readyz</c> with 200 (or 404: an app without one) and its sidecar answers <c>/v1.0/healthz</c> with 204.
    /// </summary>
    /// <param name="app">The app.</param>
    /// <param name="report">Is told what is missing at the moment, for a message about a time-out.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task WaitAsync(AppPlan app, Action<string> report, CancellationToken cancellation)
    {
        while (await MissingAsync(app, cancellation) is { } missing)
        {
            report(missing);
            await Task.Delay(Interval, _time, cancellation);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<string?> MissingAsync(AppPlan app, CancellationToken cancellation)
    {
        if (app.Command.Count > 0 && app.Ports.App > 0)
        {
            if (!await ListensAsync(app.Ports.App, cancellation))
            {
                return $"{app.Name} does not listen on its port {app.Ports.App}";
            }

            // 404 and 405: an app that has no such page.
            if (app.Protocol == "http" && await StatusAsync(app.Ports.App, "/readyz", cancellation) is var status and not (200 or 404 or 405))
            {
                return $"{app.Name} answers GET http://localhost:{app.Ports.App}/readyz with {Words(status)}";
            }
        }

        return await StatusAsync(app.Ports.DaprHttp, "/v1.0/healthz", cancellation) is var health and not (200 or 204)
            ? $"the sidecar of {app.Name} answers GET http://localhost:{app.Ports.DaprHttp}/v1.0/healthz with {Words(health)}"
            : null;
    }

    private static string Words(int status) => status == 0 ? "nothing" : $"{status}";

    private async Task<int> StatusAsync(int port, string path, CancellationToken cancellation)
    {
        try
        {
            using var response = await _client.GetAsync(new Uri($"http://localhost:{port}{path}"), HttpCompletionOption.ResponseHeadersRead, cancellation);
            return (int)response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return 0;
        }
    }

    private static async Task<bool> ListensAsync(int port, CancellationToken cancellation)
    {
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync("localhost", port, cancellation);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
