using System.Text.Json;

namespace LlmDapr.Dapr.Conformance.Recordings;

/// <summary>One recorded exchange with a real daprd. Its fields are described in the README beside the recordings.</summary>
public sealed record RecordedCase(string Id, JsonElement Json)
{
    /// <summary>What was tried, in words.</summary>
    public string About => Text("about") ?? "";

    /// <summary>The file's name: invoke, basics, pubsub-deliver and so on.</summary>
    public string File => RecordingFile.NameOf(Id);

    /// <summary>The part of the id that says what is owed: the second one, but the first where ids do not begin with their file's name (deliver/plain is one).</summary>
    public string Group => Id.Split('/') is var parts && parts[0] == File ? parts[1] : parts[0] == "deliver" ? $"deliver/{parts[1]}" : parts[0];

    /// <summary>What follows the group.</summary>
    public string Name => Id[(Id.IndexOf(Group + "/", StringComparison.Ordinal) + Group.Length + 1)..];

    /// <summary>The request; undefined in cases with steps.</summary>
    public JsonElement Send => Part("send");

    /// <summary>The answer.</summary>
    public JsonElement Receive => Part("receive");

    /// <summary>A field, or an undefined element.</summary>
    public JsonElement Part(string name) => Json.TryGetProperty(name, out var part) ? part : default;

    /// <summary>A text field, or null.</summary>
    public string? Text(string name) => Part(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <inheritdoc/>
    public override string ToString() => Id;
}
