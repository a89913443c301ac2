using LlmDapr.Sidecar.AppHealth;
using LlmDapr.Sidecar.Hosting;
using LlmDapr.Sidecar.Invocation;

namespace LlmDapr.Sidecar.PubSub.Subscriptions;

/// <summary>Asks an app what it wants to be subscribed to.</summary>
internal static class AppSubscriptions
{
    // The first repetition comes at once, as Go's client does it with a connection that turns out to be dead.
    private static readonly TimeSpan[] Pauses = [TimeSpan.Zero, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)];

    /// <summary>
    /// Asks <c>GET /dapr/subscribe</c>. Only a broken connection makes it ask again: whatever status comes is the app's answer, and one that is not 200
    /// with a right list means none.
    /// </summary>
    public static async Task<IReadOnlyList<Subscription>> AskAsync(
        SidecarOptions options, AppChannel channel, TimeProvider time, ILogger logger, CancellationToken cancel)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var request = AppStart.Question(options, channel, "/dapr/subscribe");
                using var answer = await channel.Client.SendAsync(request, cancel);
                return Read((int)answer.StatusCode, await answer.Content.ReadAsByteArrayAsync(cancel), options.AppId, logger);
            }
            catch (Exception broken) when (broken is HttpRequestException or IOException)
            {
                if (attempt == Pauses.Length)
                {
                    logger.SubscribeGivenUp(options.AppId);
                    return [];
                }

                logger.SubscribeBroken(options.AppId, broken.Message);
                await Task.Delay(Pauses[attempt], time, cancel);
            }
        }
    }

    private static IReadOnlyList<Subscription> Read(int status, byte[] body, string appId, ILogger logger)
    {
        switch (status)
        {
            case StatusCodes.Status404NotFound:
                logger.NoSubscribeEndpoint(appId);
                return [];
            case not StatusCodes.Status200OK:
                logger.SubscribeRefused(appId, status);
                return [];
        }

        try
        {
            return body.Length == 0 ? [] : SubscribeAnswer.Read(body, appId, logger);
        }
        catch (InvalidSubscriptionException invalid)
        {
            logger.SubscribeInvalid(appId, invalid.Message);
            return [];
        }
    }
}
