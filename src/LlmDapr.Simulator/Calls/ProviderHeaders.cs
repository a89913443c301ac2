using System.Globalization;
using LlmDapr.Simulator.Behaviours;
using LlmDapr.Simulator.Errors;
using Microsoft.Extensions.Options;

namespace LlmDapr.Simulator.Calls;

/// <summary>What every answer under <c>/v1</c> has: OpenAI's headers, and an error object also for a route or verb that doesn't exist.</summary>
internal sealed class ProviderHeaders(RequestDelegate next, TimeProvider time, IOptions<SimulatorOptions> options)
{
    private const string Version = "2020-10-01";

    private readonly string _organization = options.Value.Organization;

    public async Task InvokeAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!context.Request.Path.StartsWithSegments("/v1", StringComparison.Ordinal))
        {
            await next(context);
            return;
        }

        HttpResponse response = context.Response;
        response.Headers["x-request-id"] = $"req_{Guid.NewGuid():N}";
        response.Headers["openai-version"] = Version;
        response.Headers["openai-organization"] = _organization;
        long arrived = time.GetTimestamp();
        response.OnStarting(() =>
        {
            long ms = (long)time.GetElapsedTime(arrived).TotalMilliseconds;
            response.Headers["openai-processing-ms"] = ms.ToString(CultureInfo.InvariantCulture);
            return Task.CompletedTask;
        });
        await next(context);
        if (response.HasStarted || response.ContentLength is not null)
        {
            return;
        }

        string path = context.Request.Path.Value ?? "";
        switch (response.StatusCode)
        {
            case StatusCodes.Status404NotFound:
                await ErrorAnswer.WriteAsync(context, ProviderErrors.UnknownUrl(context.Request.Method, path), context.RequestAborted);
                break;
            case StatusCodes.Status405MethodNotAllowed:
                await ErrorAnswer.WriteAsync(context, ProviderErrors.WrongMethod(context.Request.Method, path), context.RequestAborted);
                break;
        }
    }
}
