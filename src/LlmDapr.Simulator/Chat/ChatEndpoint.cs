using System.Text.Json;
using LlmDapr.Simulator.Behaviours;
using LlmDapr.Simulator.Calls;
using LlmDapr.Simulator.Errors;

namespace LlmDapr.Simulator.Chat;

/// <summary><c>POST /v1/chat/completions</c>.</summary>
internal sealed class ChatEndpoint(ProviderCallRunner runner, ChatPlain plain, ChatStream stream)
{
    public Task HandleAsync(HttpContext context) => runner.RunAsync(context, Prepare);

    private ChatAnswer Prepare(JsonElement root, string model, Behaviour behaviour)
    {
        ChatRequest request = ChatRequest.Read(root);
        if (behaviour.RefusePrefill && request.Conversation.Messages[^1].Role == "assistant")
        {
            throw new RefusedException(ProviderErrors.PrefillRefused());
        }

        return new ChatAnswer(request, ChatComposer.Compose(request, behaviour), plain, stream);
    }
}
