using LlmDapr.Contracts;
using LlmDapr.ServiceDefaults.Tokens;

namespace LlmDapr.Generation.Jobs;

internal static class JobEndpoints
{
    private const string JobsRoute = "/events/jobs";
    private const string RequestsRoute = "/events/requests";

    /// <summary>
    /// Maps the subscriptions and their handlers. <c>/dapr/subscribe</c> is right from its first answer: daprd asks once. Where an app token is set, only a
    /// sidecar that knows it comes in.
    /// </summary>
    public static IEndpointRouteBuilder MapJobs(this IEndpointRouteBuilder endpoints)
    {
        var jobs = endpoints.MapGroup(string.Empty).RequireAppToken();
        jobs.MapSubscribeHandler();
        jobs.MapPost(JobsRoute, (HttpContext context, JobDelivery delivery) => delivery.JobAsync(context)).WithTopic(DaprComponents.PubSub, Topics.Jobs);
        jobs.MapPost(RequestsRoute, (HttpContext context, JobDelivery delivery) => delivery.RequestAsync(context)).WithTopic(DaprComponents.PubSub, Topics.Requests);
        return endpoints;
    }
}
