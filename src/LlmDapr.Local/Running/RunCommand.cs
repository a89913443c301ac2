using LlmDapr.Local.Output;
using LlmDapr.Local.Reaping;

namespace LlmDapr.Local.Running;

/// <summary>The default command: runs a run file until it is told to stop.</summary>
internal static class RunCommand
{
    private const int Interrupted = 130;

    /// <summary>Runs, and gives the exit code: 0 when it was asked to stop, 1 when something failed.</summary>
    public static async Task<int> RunAsync(RunOptions options, RunOutput output, TimeProvider time)
    {
        using var signals = new StopSignals();
        using var end = new CancellationTokenSource();
        var parent = ParentWatch.AppliesHere() ? StopWithParentAsync(signals, output, time, end.Token) : Task.CompletedTask;
        try
        {
            await using var system = new LocalSystem(options, output, time, signals.Hurry);
            var began = time.GetTimestamp();
            await system.StartAsync(signals.Stop);
            if (options.ReportPath is { } path)
            {
                await system.Report().WriteAsync(path);
            }

            output.Plain(ReadyText.Of(system, time.GetElapsedTime(began), output));
            return await UntilStoppedAsync(system, signals, output);
        }
        catch (LocalFailure failure)
        {
            await Console.Error.WriteLineAsync($"{output.Paint("error:", "red")} {failure.Message}");
            return 1;
        }
        catch (OperationCanceledException) when (signals.Stop.IsCancellationRequested)
        {
            return Interrupted;
        }
        finally
        {
            await end.CancelAsync();
            await parent;
        }
    }

    private static async Task<int> UntilStoppedAsync(LocalSystem system, StopSignals signals, RunOutput output)
    {
        try
        {
            await system.AllAppsEndedAsync().WaitAsync(signals.Stop);
        }
        catch (OperationCanceledException)
        {
            output.Say("stopping");
            return 0;
        }

        output.Say("every app has ended; stopping");
        return 1;
    }

    private static async Task StopWithParentAsync(StopSignals signals, RunOutput output, TimeProvider time, CancellationToken end)
    {
        try
        {
            await ParentWatch.WaitForItsEndAsync(time, end);
            output.Say("dotnet run was killed; stopping");
            signals.Ask();
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }
}
