using System.Collections.Frozen;
using LlmDapr.Dapr.Conformance.Recordings;

namespace LlmDapr.Dapr.Conformance.App;

/// <summary><c>/raw/NAME</c>: answers written byte for byte, as the recordings' <c>about</c> texts show them.</summary>
internal static class RawAnswers
{
    private const string Prefix = "raw app response: ";

    // The pieces of an answer that came with a pause between them.
    private static readonly FrozenDictionary<string, (string After, int Pause)> Pauses = new Dictionary<string, (string, int)>
    {
        ["early"] = ("link: </a>\r\n\r\n", 200),
        ["bom"] = ("5\r\n: ok\n\r\n", 300),
    }.ToFrozenDictionary();

    // Answers whose end is the connection's end. The others leave it open, as an app with keep-alive does.
    private static readonly FrozenSet<string> Closing = new[] { "close", "http10", "noheadclose", "garbage" }.ToFrozenSet();

    private static readonly FrozenDictionary<string, string> Texts = RecordingFile.Load("invoke").Values
        .Where(recorded => recorded.Group == "response" && recorded.Name.EndsWith("-plain", StringComparison.Ordinal) && recorded.About.StartsWith(Prefix, StringComparison.Ordinal))
        .ToFrozenDictionary(recorded => recorded.Name[..^"-plain".Length], recorded => recorded.About[Prefix.Length..]);

    /// <summary>Writes the answer.</summary>
    public static async Task<bool> AnswerAsync(AppConnection at, string name, CancellationToken cancel)
    {
        if (!Texts.TryGetValue(name, out var text))
        {
            await at.AnswerAsync(404, "{\"error\":\"no such path in app\"}", "content-type: application/json\r\n", cancel);
            return true;
        }

        if (at.Request.Method == "HEAD")
        {
            text = text[..(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)];
        }

        if (Pauses.TryGetValue(name, out var pause))
        {
            var at1 = text.IndexOf(pause.After, StringComparison.Ordinal) + pause.After.Length;
            await at.WriteAsync(text[..at1], cancel);
            if (!await at.PauseAsync(pause.Pause, cancel))
            {
                return false;
            }

            text = text[at1..];
        }

        await at.WriteAsync(text, cancel);
        if (name == "garbage")
        {
            await at.PauseAsync(5000, cancel);
        }
        else if (name == "noheadclose")
        {
            await at.PauseAsync(50, cancel);
        }

        return !Closing.Contains(name);
    }
}
