using System.Collections.Concurrent;
using LlmDapr.Dapr.Conformance.Recordings;
using LlmDapr.Dapr.Conformance.Verdicts;

[assembly: AssemblyFixture(typeof(Scoreboard))]

namespace LlmDapr.Dapr.Conformance.Verdicts;

/// <summary>
/// Counts the cases of a run and prints the counts at its end; <c>dotnet test</c> shows nothing of what a passing program prints, so they stand in
/// <c>conformance.txt</c> beside the program, too.
/// </summary>
public sealed class Scoreboard : IDisposable
{
    private static readonly ConcurrentDictionary<string, bool> Results = new(StringComparer.Ordinal);

    /// <summary>Notes a case that was run.</summary>
    public static void Note(string id, bool passed) => Results[id] = passed;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Results.IsEmpty)
        {
            return;
        }

        var lines = new List<string>();
        int owed = 0, passing = 0, known = 0, failing = 0, notOwed = 0;
        foreach (var file in RecordingFile.Names)
        {
            var ran = Results.Where(result => RecordingFile.NameOf(result.Key) == file).ToArray();
            var passed = ran.Count(result => result.Value);
            var excused = ran.Count(result => !result.Value && KnownFailures.Reasons.ContainsKey(result.Key));
            var skipped = RecordingFile.Load(file).Values.Count(recorded => Owed.WhyNot(recorded) is not null);
            lines.Add(Line(file, ran.Length, passed, excused, ran.Length - passed - excused, skipped));
            (owed, passing, known, failing, notOwed) = (owed + ran.Length, passing + passed, known + excused, failing + ran.Length - passed - excused, notOwed + skipped);
        }

        lines.Add(Line("in all", owed, passing, known, failing, notOwed));
        lines.ForEach(Console.WriteLine);
        try
        {
            File.WriteAllLines(Path.Combine(AppContext.BaseDirectory, "conformance.txt"), lines);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A folder that nobody may write to: the counts have been printed.
        }
    }

    private static string Line(string what, int owed, int passing, int known, int failing, int notOwed) =>
        $"conformance {what}: owed {owed}, passing {passing}, failing with reason {known}, failing without {failing}, not owed {notOwed}";
}
