using System.Globalization;
using System.Text;
using LlmDapr.Local.Output;

namespace LlmDapr.Local.Demo;

/// <summary>The second act's table: what the provider did, and what became of those who had to do with it.</summary>
internal static class FaultSummary
{
    private const int ShownProblems = 5;

    private static readonly (string Title, int Width)[] Columns =
        [("what the provider did", -42), ("asked", 6), ("right", 6), ("primary", 8), ("fallback", 9), ("finished", 9), ("calls", 6), ("slowest", 8)];

    /// <summary>The text.</summary>
    /// <param name="answers">One for each request.</param>
    /// <param name="calls">How many calls reached each of the simulator's models.</param>
    /// <param name="wall">From the first request's start to the last answer's end.</param>
    /// <param name="output">Where it is shown.</param>
    public static string Of(IReadOnlyList<DemoAnswer> answers, IReadOnlyDictionary<string, long> calls, TimeSpan wall, RunOutput output)
    {
        var text = new StringBuilder();
        Row([.. Columns.Select(column => column.Title)]);
        foreach (var fault in DemoFault.All)
        {
            List<DemoAnswer> own = [.. answers.Where(answer => answer.Request.Model == fault.Model)];
            if (own.Count > 0)
            {
                Total(fault.Title, own, [fault], own.Max(answer => answer.Total));
            }
        }

        Total("all", answers, DemoFault.All, wall);
        List<DemoAnswer> problems = [.. answers.Where(answer => answer.Problem is not null)];
        text.AppendLine("  (primary, fallback: who began the answer; finished: streams that broke after words went out and were finished by the other; calls: all that reached the provider)");
        text.Append("  failures: ").AppendLine(problems.Count == 0 ? output.Paint("none: every answer was complete and right, not a word doubled or missing", "green") : output.Paint($"{problems.Count}", "red"));
        foreach (var answer in problems.Take(ShownProblems))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"    request {answer.Request.Number} ({answer.Request.Model}): {answer.Problem}");
        }

        if (problems.Count > ShownProblems)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"    and {problems.Count - ShownProblems} more");
        }

        return text.ToString();

        void Total(string title, IReadOnlyList<DemoAnswer> own, IReadOnlyList<DemoFault> faults, TimeSpan slowest) => Row(
            title,
            own.Count,
            own.Count(answer => answer.Problem is null),
            own.Count(answer => faults.Any(fault => answer.Target == $"simulator/{fault.Primary}")),
            own.Count(answer => faults.Any(fault => answer.Target == $"simulator/{fault.Fallback}")),
            own.Count(answer => answer.Recovered),
            faults.Sum(fault => calls.GetValueOrDefault(fault.Primary) + calls.GetValueOrDefault(fault.Fallback)),
            Seconds(slowest));

        void Row(params object[] cells)
        {
            text.Append("  ");
            for (var i = 0; i < Columns.Length; i++)
            {
                var cell = Convert.ToString(cells[i], CultureInfo.InvariantCulture)!;
                text.Append(Columns[i].Width < 0 ? cell.PadRight(-Columns[i].Width) : cell.PadLeft(Columns[i].Width));
            }

            text.AppendLine();
        }
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");
}
