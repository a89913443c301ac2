using System.Text.Json;

namespace LlmDapr.Dapr.Conformance.Recordings;

/// <summary>One recorded exchange with a real daprd. Its fields are described in the README beside the recordings.</summary>
public sealed record RecordedCase(string Id, JsonElement Json)
{
    /// <summary>What was tried, in words.</summary>
    public string About => Text("about") ?? "";

    /// <summary>The file's name: invoke, basics or resiliency.</summary>
    public string File => Id[..Id.IndexOf('/', StringComparison.Ordinal)];

    /// <summary>The second part of the id, which says what is owed.</summary>
    public string Group => Id.Split('/')[1];

    /// <summary>The third part of the id and what follows.</summary>
    public string Name => Id[(File.Length + Group.Length + 2)..];

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
