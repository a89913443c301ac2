using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using LlmDapr.Dapr.Conformance.Recordings;

namespace LlmDapr.Dapr.Conformance.Resiliency;

/// <summary>
/// The app ids of one group. The recordings call them caller, callee, down and dead every time; here many groups run side by side in one
/// process, so each has ids of its own, in what is sent as in what is expected.
/// </summary>
internal sealed partial class GroupNames(int number)
{
    private readonly string _number = number is > 0 and < 100
        ? number.ToString("00", CultureInfo.InvariantCulture)
        : throw new ArgumentOutOfRangeException(nameof(number), number, "There are two digits for it.");

    /// <summary>An app id of this group, as long as the recorded one, so that the recorded Content-Lengths hold.</summary>
    public string Of(string recordedId) => recordedId switch
    {
        "caller" => "calr" + _number,
        "callee" => "cale" + _number,
        "down" => "dn" + _number,
        "dead" => "dd" + _number,
        _ => throw new ArgumentOutOfRangeException(nameof(recordedId), recordedId, null),
    };

    /// <summary>A recorded case in this group's names.</summary>
    public RecordedCase Rename(RecordedCase recorded)
    {
        var json = RecordedId().Replace(recorded.Json.GetRawText(), match => Of(match.Value));
        json = ConnectionError().Replace(json, "<connection error>");
        using var document = JsonDocument.Parse(json);
        return recorded with { Json = document.RootElement.Clone() };
    }

    // How a connection to a killed sidecar fails is chance, and was recorded in three forms.
    [GeneratedRegex(@"(?<=connection error: desc = )\\\\\\"".*?\\\\\\""")]
    private static partial Regex ConnectionError();

    // Not the placeholders (<callee-app>) and not a part of another word (dapr-caller-app-id).
    [GeneratedRegex(@"(?<![\w<-])(caller|callee|down|dead)(?![\w>-])")]
    private static partial Regex RecordedId();
}
