using LlmDapr.Simulator.Calls;

namespace LlmDapr.Simulator.Chat;

/// <summary>A chat request with its answer.</summary>
internal sealed class ChatAnswer(ChatRequest request, IReadOnlyList<ChatChoice> choices, ChatPlain plain, ChatStream stream) : PreparedAnswer
{
    public ChatRequest Request { get; } = request;

    public IReadOnlyList<ChatChoice> Choices { get; } = choices;

    public override int PromptTokens => Request.PromptTokens;

    public override int CompletionTokens { get; } = choices.Sum(choice => choice.Tokens);

    public override int ReservedTokens => PromptTokens + (Request.MaxTokens is { } max ? (int)Math.Min(int.MaxValue / 2, (long)max * Request.Choices) : CompletionTokens);

    public override Task WriteAsync(ProviderCall call) => Request.Stream ? stream.SendAsync(call, this) : plain.SendAsync(call, this);
}
