using System.Text.Json;
using LlmDapr.Simulator.Answers;
using LlmDapr.Simulator.Calls;
using LlmDapr.Simulator.Errors;

namespace LlmDapr.Simulator.Chat;

/// <summary>What of a chat request the simulator heeds. Other fields are accepted and ignored.</summary>
internal sealed record ChatRequest
{
    private const int MaxStops = 4;

    public required ChatMessages Conversation { get; init; }

    public required int PromptTokens { get; init; }

    public bool Stream { get; init; }

    public bool IncludeUsage { get; init; }

    public int Choices { get; init; } = 1;

    public int? MaxTokens { get; init; }

    public IReadOnlyList<string> Stops { get; init; } = [];

    public bool Logprobs { get; init; }

    public int TopLogprobs { get; init; }

    public ToolChoice? Tool { get; init; }

    public ResponseFormat? Format { get; init; }

    public static ChatRequest Read(JsonElement root)
    {
        ChatMessages conversation = ChatMessages.Read(root);
        bool stream = root.Flag("stream");
        JsonElement? streamOptions = root.Object("stream_options");
        if (streamOptions is not null && !stream)
        {
            throw new RefusedException(ProviderErrors.Invalid("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options"));
        }

        bool logprobs = root.Flag("logprobs");
        int? top = root.Whole("top_logprobs", 0, 20);
        if (top is not null && !logprobs)
        {
            throw new RefusedException(ProviderErrors.Invalid("The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.", "top_logprobs"));
        }

        int? maxTokens = root.Whole("max_completion_tokens", 1, int.MaxValue) ?? root.Whole("max_tokens", 1, int.MaxValue);
        int tools = root.Array("tools") is { } array ? TokenCounter.Count(array.GetRawText()) : 0;
        return new ChatRequest
        {
            Conversation = conversation,
            PromptTokens = conversation.Tokens + tools,
            Stream = stream,
            IncludeUsage = streamOptions?.Flag("include_usage", "stream_options.include_usage") ?? false,
            Choices = root.Whole("n", 1, 128) ?? 1,
            MaxTokens = maxTokens,
            Stops = ReadStops(root),
            Logprobs = logprobs,
            TopLogprobs = top ?? 0,
            Tool = ToolChoice.Read(root, conversation.Messages),
            Format = ResponseFormat.Read(root),
        };
    }

    private static List<string> ReadStops(JsonElement root)
    {
        if (!root.TryField("stop", out JsonElement stop))
        {
            return [];
        }

        if (stop.ValueKind == JsonValueKind.String)
        {
            return [RequestFields.StringOf(stop, "stop")];
        }

        RequestFields.Expect(stop, JsonValueKind.Array, "stop", "a string or an array of strings");
        if (stop.GetArrayLength() > MaxStops)
        {
            throw new RefusedException(ProviderErrors.WrongValue("stop", "at most 4 sequences"));
        }

        var stops = new List<string>();
        foreach (JsonElement item in stop.EnumerateArray())
        {
            RequestFields.Expect(item, JsonValueKind.String, "stop", "an array of strings");
            stops.Add(RequestFields.StringOf(item, "stop"));
        }

        return stops;
    }
}
