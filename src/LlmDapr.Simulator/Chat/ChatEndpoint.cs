using System.Text.Json;
using LlmDapr.Simulator.Answers;
using LlmDapr.Simulator.Behaviours;
using LlmDapr.Simulator.Calls;

namespace LlmDapr.Simulator.Chat;

/// <summary><c>POST /v1/chat/completions</c>.</summary>
internal sealed class ChatEndpoint(ProviderCallRunner runner, TokenCounter tokens, ChatComposer composer, ChatPlain plain, ChatStream stream)
{
    public Task HandleAsync(HttpContext context) => runner.RunAsync(context, Prepare);

    private ChatAnswer Prepare(JsonElement root, string model, Behaviour behaviour)
    {
        ChatRequest request = ChatRequest.Read(root, tokens);
        return new ChatAnswer(request, composer.Compose(request, behaviour), plain, stream);
    }
}
