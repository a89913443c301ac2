using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace LlmDapr.Sidecar.Tests.PubSub;

/// <summary>A real sidecar process on a folder's broker and data file. Disposing kills it.</summary>
internal sealed partial class KillableSidecar : IAsyncDisposable
{
    private readonly Process _process;

    private KillableSidecar(Process process) => _process = process;

    /// <summary>Starts one with the flags of its app.</summary>
    public static KillableSidecar Start(PubSubFolder folder, params string[] flags)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "LlmDapr.Sidecar");
        string[] all = ["--data-file", folder.DataFile, .. flags, "--resources-path", folder.Resources];
        var start = File.Exists(program) ? new ProcessStartInfo(program, all) : new ProcessStartInfo("dotnet", [program + ".dll", .. all]);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        foreach (var name in (string[])["DAPR_API_TOKEN", "APP_API_TOKEN"])
        {
            start.Environment.Remove(name);
        }

        var sidecar = new KillableSidecar(Process.Start(start)!);
        _ = sidecar._process.StandardError.ReadToEndAsync(CancellationToken.None);
        return sidecar;
    }

    /// <summary>Waits until it listens; gives the HTTP API's port.</summary>
    public async Task<int> PortAsync()
    {
        var lines = new List<string>();
        while (await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            lines.Add(line);
            if (AddressLine().Match(line) is { Success: true } match)
            {
                _ = _process.StandardOutput.ReadToEndAsync(CancellationToken.None);
                return int.Parse(match.Groups["http"].Value, CultureInfo.InvariantCulture);
            }
        }

        throw new InvalidOperationException($"The sidecar process ended: {string.Join('\n', lines)}");
    }

    /// <summary>SIGKILL, and waits for it.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    [GeneratedRegex(@"^dapr sidecar \S+: http 127\.0\.0\.1:(?<http>\d+)")]
    private static partial Regex AddressLine();
}
