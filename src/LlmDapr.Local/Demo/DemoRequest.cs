using System.Text.Json;
using System.Text.Json.Nodes;
using LlmDapr.Simulator.Answers;

namespace LlmDapr.Local.Demo;

/// <summary>One request of the demo and the only right answer to it.</summary>
internal sealed record DemoRequest(int Number, string Model, string Prompt, bool Streamed)
{
    /// <summary>Of every ten requests that may repeat, so many ask the same.</summary>
    private const int Copies = 4;

    /// <summary>And so many of these only when the others have their answers.</summary>
    private const int Late = 2;

    private static readonly string[] Subjects = ["a lighthouse", "an old harbour", "the first snow", "a night train", "a quiet library", "two rivers", "an orchard", "the tide"];
    private static readonly string[] Forms = ["Write a short story about", "Explain to a child", "Describe in one paragraph", "Compose a letter about", "List what is remarkable about"];

    /// <summary>Whether others ask the same. Then it says <c>temperature: 0</c>: one answer will do for all.</summary>
    public bool IsRepeated { get; init; }

    /// <summary>Whether it is sent only when those that ask the same, and are not late, have their answers.</summary>
    public bool IsLate { get; init; }

    /// <summary>Whether a stream is to say what it cost, as plain answers do anyway.</summary>
    public bool AsksUsage { get; init; }

    /// <summary>The text that the simulator answers.</summary>
    public string Expected => SimulatedAnswer.TextFor(Model, [("user", Prompt)]);

    /// <summary>The body as it is sent.</summary>
    public byte[] Body
    {
        get
        {
            var body = new JsonObject
            {
                ["model"] = Model,
                ["stream"] = Streamed,
                ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = Prompt }),
            };
            if (IsRepeated)
            {
                body["temperature"] = 0;
            }

            if (Streamed && AsksUsage)
            {
                body["stream_options"] = new JsonObject { ["include_usage"] = true };
            }

            return JsonSerializer.SerializeToUtf8Bytes(body);
        }
    }

    /// <summary>Requests that all differ; every second one is streamed. The same count and model give the same requests.</summary>
    public static IReadOnlyList<DemoRequest> Make(int count, string model) =>
        [.. Enumerable.Range(1, count).Select(number => new DemoRequest(number, model, PromptOf(number), number % 2 == 0))];

    /// <summary>Requests of which the last four in every ten ask the same: two at once, two later; plain and streamed ones. All say what they cost.</summary>
    public static IReadOnlyList<DemoRequest> MakeRepeating(int count, string model) =>
        [.. Make(count, model).Select(request =>
        {
            const int Block = 10;
            var first = request.Number - 1 - ((request.Number - 1) % Block) + (Block - Copies) + 1;
            return request.Number < first || first + Copies - 1 > count
                ? request with { AsksUsage = true }
                : request with { Prompt = PromptOf(first), IsRepeated = true, IsLate = request.Number >= first + Copies - Late, AsksUsage = true };
        })];

    private static string PromptOf(int number) => $"{Forms[number % Forms.Length]} {Subjects[number % Subjects.Length]}. (Request {number}.)";
}
