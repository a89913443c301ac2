using System.Text.RegularExpressions;

namespace LlmDapr.Testing;

/// <summary>The repository's run file where there is no SDK: the same apps, each started as the program that was published with the tests.</summary>
internal static partial class PublishedRunFile
{
    public static string Rewrite(string text)
    {
        var program = string.Empty;
        return string.Join('\n', text.Split('\n').Select(line =>
        {
            if (AppDirectory().Match(line) is { Success: true } directory)
            {
                program = directory.Groups["name"].Value;
                return $"{directory.Groups["before"].Value}{Path.Combine(Programs.Root, program)}";
            }

            return Command().Match(line) is { Success: true } command
                ? $"{command.Groups["before"].Value}[\"{Programs.Find(program)}\"]"
                : line.Replace("../components", "./components", StringComparison.Ordinal).Replace("./components", Path.Combine(Programs.Root, "components"), StringComparison.Ordinal);
        }));
    }

    [GeneratedRegex(@"^(?<before>\s+appDirPath: ).*/(?<name>LlmDapr(\.\w+)+)\s*$")]
    private static partial Regex AppDirectory();

    [GeneratedRegex(@"^(?<before>\s+command: )\[.*""run"".*\]\s*$")]
    private static partial Regex Command();
}
