using System.Text.Json;
using LlmDapr.Simulator.Behaviours;
using LlmDapr.Simulator.Calls;

namespace LlmDapr.Simulator.Chat;

/// <summary><c>POST /v1/chat/completions</c>.</summary>
internal sealed class ChatEndpoint(ProviderCallRunner runner, ChatPlain plain, ChatStream stream)
{
    public Task HandleAsync(HttpContext context) => runner.RunAsync(context, Prepare);

    private ChatAnswer Prepare(JsonElement root, string model, Behaviour behaviour)
    {
        ChatRequest request = ChatRequest.Read(root);
        return new ChatAnswer(request, ChatComposer.Compose(request, behaviour), plain, stream);
    }
}
