using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Console;

namespace LlmDapr.Sidecar.Hosting;

/// <summary>The process: flags in, sidecars up, one line for each, an exit code at the end.</summary>
internal static class SidecarProcess
{
    /// <summary>Runs until all sidecars have ended. 0 = well, 1 = could not start or broke calls off, 2 = bad flags.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter errors)
    {
        CommandLineResult line;
        try
        {
            line = CommandLine.Parse(args, Environment.GetEnvironmentVariable);
        }
        catch (UsageException bad)
        {
            await errors.WriteLineAsync(bad.Message);
            return 2;
        }

        if (line.Help)
        {
            await output.WriteLineAsync($"LlmDapr.Sidecar: the development sidecar. Each --app-id starts the flags of one more sidecar. Flags: {FlagTable.Names}");
            return 0;
        }

        using var loggers = LoggerFactory.Create(logging => logging
            .SetMinimumLevel(line.LogLevel)
            .AddFilter("Yarp", LogLevel.None)
            .AddFilter("Microsoft", LogLevel.Error)
            .AddFilter("Grpc", LogLevel.Error)

            // Enabled at any level it makes ASP.NET create an Activity and a log scope for each request.
            .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None)
            .AddSimpleConsole(console => (console.SingleLine, console.ColorBehavior) = (true, LoggerColorBehavior.Disabled)));
        var logger = loggers.CreateLogger("LlmDapr.Sidecar");
        await output.WriteLineAsync("LlmDapr development sidecar: not for production, where daprd belongs.");
        if (line.Ignored.Count > 0)
        {
            logger.FlagsIgnored(string.Join(", ", line.Ignored.Select(name => "--" + name)));
        }

        return await RunAsync(line, output, errors, loggers, logger);
    }

    private static async Task<int> RunAsync(CommandLineResult line, TextWriter output, TextWriter errors, ILoggerFactory loggers, ILogger logger)
    {
        try
        {
            await using var host = await SidecarHost.StartAsync(line.Sidecars, loggers, dataFile: line.DataFile);
            using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => End(signal, host, logger));
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => End(signal, host, logger));
            foreach (var sidecar in host.Instances)
            {
                await output.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"dapr sidecar {sidecar.AppId}: http 127.0.0.1:{sidecar.HttpPort} grpc 127.0.0.1:{sidecar.GrpcPort} metrics 127.0.0.1:{sidecar.MetricsPort}"));
            }

            await output.FlushAsync();
            return await host.Ended ? 0 : 1;
        }
        catch (StartException failed)
        {
            await errors.WriteLineAsync(failed.Message);
            return 1;
        }
    }

    private static void End(PosixSignalContext signal, SidecarHost host, ILogger logger)
    {
        signal.Cancel = true;
        logger.SignalTaken(signal.Signal);
        _ = host.ShutdownAsync();
    }
}
