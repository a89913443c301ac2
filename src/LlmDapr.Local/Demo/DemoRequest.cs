using System.Text.Json;
using System.Text.Json.Nodes;
using LlmDapr.Simulator.Answers;

namespace LlmDapr.Local.Demo;

/// <summary>One request of the demo and the only right answer to it.</summary>
internal sealed record DemoRequest(int Number, string Model, string Prompt, bool Streamed)
{
    private static readonly string[] Subjects = ["a lighthouse", "an old harbour", "the first snow", "a night train", "a quiet library", "two rivers", "an orchard", "the tide"];
    private static readonly string[] Forms = ["Write a short story about", "Explain to a child", "Describe in one paragraph", "Compose a letter about", "List what is remarkable about"];

    /// <summary>The text that the simulator answers.</summary>
    public string Expected => SimulatedAnswer.TextFor(Model, [("user", Prompt)]);

    /// <summary>The body as it is sent.</summary>
    public byte[] Body => JsonSerializer.SerializeToUtf8Bytes(new JsonObject
    {
        ["model"] = Model,
        ["stream"] = Streamed,
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = Prompt }),
    });

    /// <summary>Requests that all differ; every second one is streamed. The same count and model give the same requests.</summary>
    public static IReadOnlyList<DemoRequest> Make(int count, string model) =>
        [.. Enumerable.Range(1, count).Select(number => new DemoRequest(
            number, model, $"{Forms[number % Forms.Length]} {Subjects[number % Subjects.Length]}. (Request {number}.)", number % 2 == 0))];
}
