using System.Diagnostics;
using System.Globalization;
using LlmDapr.Contracts;
using LlmDapr.Testing;

namespace LlmDapr.System.Tests.Beds;

/// <summary>
/// The development sidecar (or the daprd that <c>LLMDAPR_DAPRD</c> names), with a gate between edge and its sidecar's gRPC port, where the state store is reached. The one data file lies
/// on a file system of its own that is small enough to be filled.
/// </summary>
internal sealed class DevelopmentBed : TestBed
{
    private static readonly TimeSpan TooLate = TimeSpan.FromSeconds(1);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("llmdapr-bed-");
    private readonly TcpGate _gate = new();
    private readonly bool _isSmall;

    /// <param name="isSmall">Whether the data file is to lie on a small file system, where that can be had.</param>
    public DevelopmentBed(bool isSmall = false) => _isSmall = isSmall && TryMount(_folder.FullName);

    public override async Task<RunningSystem> StartAsync(RunningSystemOptions options, CancellationToken cancellationToken)
    {
        var system = await RunningSystem.StartAsync(
            options with
            {
                DataFile = Path.Combine(_folder.FullName, "kept.db"),
                AppEnvironment = [.. options.AppEnvironment, .. options.Scale.ContainsKey(AppIds.Edge) ? [] : new[] { string.Create(CultureInfo.InvariantCulture, $"edge:DAPR_GRPC_PORT={_gate.Port}") }],
            },
            cancellationToken);
        _gate.LeadTo(system.Report.App(AppIds.Edge).DaprGrpcPort);
        return system;
    }

    public override string? WhyNot(StoreFault fault) => fault != StoreFault.Full ? null
        : Environment.GetEnvironmentVariable("LLMDAPR_DAPRD") is { Length: > 0 } ? "The state of this daprd is not in the test's own file."
        : _isSmall ? null : "A small file system can be mounted by root only.";

    public override async Task BreakStoreAsync(StoreFault fault, CancellationToken cancellationToken)
    {
        switch (fault)
        {
            case StoreFault.Stopped:
                _gate.Shut();
                break;
            case StoreFault.Slow:
                _gate.Slow(TooLate);
                break;
            default:
                await FillAsync(cancellationToken);
                break;
        }
    }

    public override Task MendStoreAsync(CancellationToken cancellationToken)
    {
        _gate.Open();
        File.Delete(Filler);
        return Task.CompletedTask;
    }

    public override Task KillAsync(RunningSystem system, CancellationToken cancellationToken) => system.KillEverythingAsync(cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        await _gate.DisposeAsync();
        if (_isSmall)
        {
            Run("umount", "--lazy", _folder.FullName);
        }

        _folder.Delete(recursive: true);
    }

    private string Filler => Path.Combine(_folder.FullName, "filler");

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        await using var filler = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var page = new byte[4096];
        try
        {
            while (true)
            {
                await filler.WriteAsync(page, cancellationToken);
            }
        }
        catch (IOException)
        {
            // No room is left.
        }
    }

    private static bool TryMount(string folder) => OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", folder);

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
