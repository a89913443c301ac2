using System.Text;
using System.Text.Json;

namespace LlmDapr.Generation.Tests.Recovery;

/// <summary>What a caller makes of a stream's events.</summary>
internal sealed class ToldStream
{
    private readonly StringBuilder _text = new();

    public ToldStream(string events)
    {
        foreach (var text in events.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.False(IsDone, "Something follows [DONE].");
            Take(text["data: ".Length..]);
        }
    }

    public string Text => _text.ToString();

    public HashSet<string> Ids { get; } = [];

    public HashSet<long> Created { get; } = [];

    public int Roles { get; private set; }

    public List<string> Finishes { get; } = [];

    public List<JsonElement> Usages { get; } = [];

    public JsonElement? Error { get; private set; }

    public bool IsDone { get; private set; }

    /// <summary>The last chunk's sign that another target has finished the answer.</summary>
    public JsonElement? Recovered { get; private set; }

    private void Take(string data)
    {
        if (data == "[DONE]")
        {
            IsDone = true;
            return;
        }

        Assert.True(Recovered is null || data.StartsWith("{\"error\"", StringComparison.Ordinal), "A chunk follows the last one.");
        var chunk = JsonElement.Parse(data);
        if (chunk.TryGetProperty("error", out var error))
        {
            Error = error;
            return;
        }

        Ids.Add(chunk.GetProperty("id").GetString()!);
        Created.Add(chunk.GetProperty("created").GetInt64());
        foreach (var choice in chunk.GetProperty("choices").EnumerateArray())
        {
            var delta = choice.GetProperty("delta");
            Roles += delta.TryGetProperty("role", out _) ? 1 : 0;
            _text.Append(delta.TryGetProperty("content", out var content) ? content.GetString() : null);
            if (choice.GetProperty("finish_reason") is { ValueKind: JsonValueKind.String } finish)
            {
                Finishes.Add(finish.GetString()!);
            }
        }

        if (chunk.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object)
        {
            Usages.Add(usage);
        }

        Recovered = chunk.TryGetProperty("x_llmdapr_recovered", out var recovered) ? recovered : null;
    }
}
