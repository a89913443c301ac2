using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;

namespace LlmDapr.Sidecar.Tests.Storage;

/// <summary>The promise that matters: what a real sidecar process has acknowledged is there after its SIGKILL.</summary>
public sealed partial class KillTests : IDisposable
{
    private const int Writers = 16;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("llmdapr-kill-");
    private readonly SocketsHttpHandler _handler = new();
    private readonly HttpClient _client;

    public KillTests() => _client = new HttpClient(_handler);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kill_InTheMiddleOfWrites_LosesNothingAcknowledged()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "store.yaml"), "kind: Component\nmetadata: { name: s }\nspec: { type: state.redis }\n", Cancel);
        var acknowledged = new int[Writers];
        for (var round = 0; round < 2; round++)
        {
            var (process, port) = await StartAsync();
            using (process)
            {
                var writers = Enumerable.Range(0, Writers).Select(writer => WriteAsync(port, writer, acknowledged)).ToArray();
                while (acknowledged.Sum() < (round + 1) * 1000)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancel);
                }

                process.Kill();
                await process.WaitForExitAsync(Cancel);
                await Task.WhenAll(writers);
            }

            await CheckAsync(acknowledged);
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _handler.Dispose();
        _folder.Delete(recursive: true);
    }

    // Each writer counts its own key up until the process is gone; what it has been told is the least that must be there.
    private async Task WriteAsync(int port, int writer, int[] acknowledged)
    {
        while (true)
        {
            var next = acknowledged[writer] + 1;
            using var body = new StringContent($$"""[{"key":"w{{writer}}","value":{{next}}}]""");
            try
            {
                using var answer = await _client.PostAsync(Url(port), body, Cancel);
                Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
            }
            catch (HttpRequestException)
            {
                return;
            }

            acknowledged[writer] = next;
        }
    }

    private async Task CheckAsync(int[] acknowledged)
    {
        var (process, port) = await StartAsync();
        using (process)
        {
            for (var writer = 0; writer < Writers; writer++)
            {
                var kept = int.Parse(await _client.GetStringAsync(new Uri($"{Url(port)}/w{writer}"), Cancel), System.Globalization.CultureInfo.InvariantCulture);
                Assert.InRange(kept, acknowledged[writer], acknowledged[writer] + 1);

                // One that was under way may have been kept without anybody being told.
                acknowledged[writer] = kept;
            }

            process.Kill();
            await process.WaitForExitAsync(Cancel);
        }
    }

    private static Uri Url(int port) => new($"http://127.0.0.1:{port}/v1.0/state/s");

    private async Task<(Process Process, int Port)> StartAsync()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "LlmDapr.Sidecar.dll"), "--app-id", "a", "--resources-path", _folder.FullName, "--data-file", Path.Combine(_folder.FullName, "d", "data.db"), "--log-level", "error"])
        {
            RedirectStandardOutput = true,
        };
        start.Environment.Remove("DAPR_API_TOKEN");
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync(Cancel) is { } line)
        {
            if (AddressLine().Match(line) is { Success: true } match)
            {
                return (process, int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        throw new InvalidOperationException($"The sidecar ended with code {process.ExitCode} before it listened.");
    }

    [GeneratedRegex(@"^dapr sidecar a: http 127\.0\.0\.1:(\d+) ")]
    private static partial Regex AddressLine();
}
