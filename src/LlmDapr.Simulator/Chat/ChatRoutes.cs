namespace LlmDapr.Simulator.Chat;

/// <summary>Chat completions: services and route.</summary>
internal static class ChatRoutes
{
    public static IServiceCollection AddChat(this IServiceCollection services) => services
        .AddSingleton<ChatPlain>()
        .AddSingleton<ChatStream>()
        .AddSingleton<ChatEndpoint>();

    public static IEndpointRouteBuilder MapChat(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/chat/completions", static (HttpContext context, ChatEndpoint chat) => chat.HandleAsync(context));
        return routes;
    }
}
