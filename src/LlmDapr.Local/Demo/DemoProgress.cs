using LlmDapr.Local.Output;
using Spectre.Console;

namespace LlmDapr.Local.Demo;

/// <summary>Shows how many answers are there: bars that move on a terminal, a line for each quarter elsewhere.</summary>
internal static class DemoProgress
{
    private const int PlainSteps = 4;

    /// <summary>Runs the requests under the display.</summary>
    /// <param name="plain">How many plain requests there are.</param>
    /// <param name="streamed">How many streamed ones.</param>
    /// <param name="output">Where it is shown.</param>
    /// <param name="run">Sends the requests and tells of each answer.</param>
    public static async Task<T> ShowAsync<T>(int plain, int streamed, RunOutput output, Func<Action<DemoAnswer>, Task<T>> run)
    {
        if (!output.IsTerminal)
        {
            var (done, all) = (0, plain + streamed);
            return await run(_ =>
            {
                var now = Interlocked.Increment(ref done);
                if (now * PlainSteps / all != (now - 1) * PlainSteps / all)
                {
                    output.Plain($"  {now} of {all} answers");
                }
            });
        }

        return await AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async context =>
            {
                var plainTask = context.AddTask("  plain answers", maxValue: plain);
                var streamTask = context.AddTask("  streamed answers", maxValue: streamed);
                return await run(answer => (answer.Request.Streamed ? streamTask : plainTask).Increment(1));
            });
    }
}
