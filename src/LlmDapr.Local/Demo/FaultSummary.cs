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
            var own = answers.Where(answer => answer.Request.Model == fault.Model).ToList();
            if (own.Count > 0)
            {
                Row(fault.Title, own.Count, own.Count(answer => answer.Problem is null), By(own, fault.Primary), By(own, fault.Fallback), own.Count(answer => answer.Recovered), Calls(fault), Seconds(own.Max(answer => answer.Total)));
            }
        }

        var problems = answers.Where(answer => answer.Problem is not null).ToList();
        Row("all", answers.Count, answers.Count - problems.Count, answers.Count(answer => answer.Target is not null && DemoFault.All.Any(fault => IsOf(answer, fault.Primary))), answers.Count(answer => DemoFault.All.Any(fault => IsOf(answer, fault.Fallback))), answers.Count(answer => answer.Recovered), DemoFault.All.Sum(Calls), Seconds(wall));
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

        long Calls(DemoFault fault) => calls.GetValueOrDefault(fault.Primary) + calls.GetValueOrDefault(fault.Fallback);

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

    private static int By(IEnumerable<DemoAnswer> answers, string model) => answers.Count(answer => IsOf(answer, model));

    private static bool IsOf(DemoAnswer answer, string model) => answer.Target == $"simulator/{model}";

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");
}
