using System.Globalization;
using System.Text;
using LlmDapr.Local.Output;

namespace LlmDapr.Local.Demo;

/// <summary>What the last act says at its end.</summary>
internal static class BackgroundSummary
{
    /// <summary>The text.</summary>
    public static string Of(BackgroundResult result, RunOutput output)
    {
        var text = new StringBuilder();
        Work("jobs", result.Jobs);
        Work("events", result.Events);
        Line("all", string.Create(CultureInfo.InvariantCulture, $"{result.Wall.TotalSeconds:0.00} s; {result.Calls} calls reached the provider"));
        DemoSummary.Failures(text, "failures", result.Problems(), "none: every result was right and came once, none was paid for twice", output);
        return text.ToString();

        void Work(string name, IReadOnlyList<BackgroundWork> work)
        {
            if (work.Count > 0)
            {
                var done = work.Count(one => one.Problem is null);
                Line(name, $"{done} of {work.Count} finished: accepted after {DemoSummary.Percentiles(work.Select(one => one.Accepted))}; result then after {DemoSummary.Percentiles(work.Select(one => one.Waited))}");
            }
        }

        void Line(string name, string value) => text.AppendLine($"  {name,-22}{value}");
    }
}
