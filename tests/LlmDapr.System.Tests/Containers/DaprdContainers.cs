using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using DotNet.Testcontainers.Configurations;
using DotNet.Testcontainers.Containers;
using LlmDapr.Testing;

namespace LlmDapr.System.Tests.Containers;

/// <summary>
/// Real daprds in containers for systems that <c>LlmDapr.Local</c> runs. <see cref="Program"/> is what Local starts for each app instead of a daprd: a script that notes the flags it is given and
/// then waits. For each such process a container is started with the same flags and paths, and ended without asking when the process is gone. So all that is said of a sidecar's process
/// (its readiness, its number, killing it, starting it again) holds for its container.
/// </summary>
internal sealed class DaprdContainers : IAsyncDisposable
{
    // The read never ends: the script itself keeps the fifo open for writing.
    private const string Script = """
        #!/bin/sh
        printf '%s\n' "$@" > "$0.d/$$.new"
        mv "$0.d/$$.new" "$0.d/$$.flags"
        exec 3<> "$0.d/never"
        read -r nothing <&3
        """;

    // What daprd takes from its environment.
    private static readonly string[] Variables = ["DAPR_HOST_IP", "REDIS_HOST", "APP_API_TOKEN", "DAPR_API_TOKEN", "NAMESPACE"];
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("llmdapr-daprd-");
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<int, Task<IContainer>> _running = new();
    private readonly ConcurrentQueue<string> _log = new();
    private readonly Task _watching;

    public DaprdContainers()
    {
        Program = Path.Combine(_folder.FullName, "daprd");
        Directory.CreateDirectory(Notes);
        File.WriteAllText(Program, Script);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        using var fifo = Process.Start("mkfifo", [Path.Combine(Notes, "never")]);
        fifo.WaitForExit();
        _watching = WatchAsync();
    }

    /// <summary>What Local is to start as a sidecar.</summary>
    public string Program { get; }

    /// <summary>What the containers have written, as far as they have ended, and what was wrong with them.</summary>
    public string Log => string.Join(Environment.NewLine, _log);

    private string Notes => $"{Path.Combine(_folder.FullName, "daprd")}.d";

    /// <summary>Returns when no container is left whose process is gone.</summary>
    public Task GoneAsync(CancellationToken cancellationToken) =>
        Eventually.TrueAsync(() => _running.Keys.All(StartedProgram.Lives), "the daprd containers have ended", cancellationToken, TimeSpan.FromSeconds(60));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        foreach (var pid in _running.Keys)
        {
            await EndAsync(pid);
        }

        _stop.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task WatchAsync()
    {
        var seen = new HashSet<int>();
        try
        {
            while (true)
            {
                foreach (var note in _folder.EnumerateFiles("*.flags", SearchOption.AllDirectories))
                {
                    var pid = int.Parse(Path.GetFileNameWithoutExtension(note.Name), CultureInfo.InvariantCulture);
                    if (seen.Add(pid) && TryRead(pid) is { } process)
                    {
                        _running[pid] = StartAsync(process.Environment, await File.ReadAllLinesAsync(note.FullName, _stop.Token));
                    }
                }

                foreach (var pid in _running.Keys.Where(pid => !StartedProgram.Lives(pid)))
                {
                    await EndAsync(pid);
                }

                await Task.Delay(Look, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the test.
        }
    }

    private static StartedProgram? TryRead(int pid)
    {
        try
        {
            return StartedProgram.Read(pid);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended already.
            return null;
        }
    }

    private async Task<IContainer> StartAsync(IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> flags)
    {
        var builder = Docker.Container(TestImage.Daprd).WithEntrypoint("./daprd").WithCommand([.. flags]);
        foreach (var (folder, access) in Folders(flags).DistinctBy(mount => mount.Path))
        {
            builder = builder.WithBindMount(folder, folder, access);
        }

        foreach (var name in Variables)
        {
            builder = environment.TryGetValue(name, out var value) ? builder.WithEnvironment(name, value) : builder;
        }

        var container = builder.Build();
        try
        {
            await container.StartAsync(_stop.Token);
        }
        catch (Exception e) when (!_stop.IsCancellationRequested)
        {
            // The system does not become ready then, and its message has this log.
            _log.Enqueue($"daprd {string.Join(' ', flags)}: {e}");
        }

        return container;
    }

    // The same paths within: where the components lie, and where the configuration and beside it the file of names lie.
    private static IEnumerable<(string Path, AccessMode Access)> Folders(IReadOnlyList<string> flags) =>
        flags.Zip(flags.Skip(1)).Where(pair => pair.First is "--resources-path" or "--config").Select(pair => pair.First == "--config"
            ? (Path.GetDirectoryName(Path.GetFullPath(pair.Second))!, AccessMode.ReadWrite)
            : (Path.GetFullPath(pair.Second), AccessMode.ReadOnly));

    private async Task EndAsync(int pid)
    {
        if (_running.TryGetValue(pid, out var starting))
        {
            await using (var container = await starting)
            {
                var (written, errors) = await container.GetLogsAsync();
                _log.Enqueue(written + errors);
                await container.StopAsync();
            }

            _running.TryRemove(pid, out _);
        }
    }
}
