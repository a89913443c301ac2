namespace LlmDapr.Benchmarks.Capacity;

/// <summary>One attempt at the provider, as long as it takes.</summary>
internal static class Caller
{
    /// <summary>Makes an attempt. The callbacks come when the caller would notice.</summary>
    public static async Task<CallOutcome> CallAsync(SimulatedProvider provider, VirtualClock clock, Setting setting, SimulatedRequest request, int attempt, Action<string[][]>? head = null, Action? firstToken = null)
    {
        await clock.Delay(setting.Way);
        var (taken, headers) = provider.Take(request.TotalTokens);
        if (!taken)
        {
            await clock.Delay(setting.Way);
            head?.Invoke(headers);
            return new CallOutcome(429, RetryAfter(headers));
        }

        return await AnswerAsync(provider, clock, setting, request, attempt, () => head?.Invoke(headers), firstToken);
    }

    /// <summary>The rest of an attempt that the provider has taken.</summary>
    public static async Task<CallOutcome> AnswerAsync(SimulatedProvider provider, VirtualClock clock, Setting setting, SimulatedRequest request, int attempt, Action? head = null, Action? firstToken = null)
    {
        try
        {
            if (request.Draw(setting.Seed, attempt, 0) < setting.ErrorRate)
            {
                await clock.Delay(request.FirstToken * request.Draw(setting.Seed, attempt, 1));
                head?.Invoke();
                return new CallOutcome(500, null);
            }

            await clock.Delay(request.FirstToken);
            if (request.Streamed)
            {
                head?.Invoke();
                firstToken?.Invoke();
            }

            await clock.Delay(request.Duration - request.FirstToken);
            if (!request.Streamed)
            {
                head?.Invoke();
            }

            return new CallOutcome(200, null);
        }
        finally
        {
            provider.Leave();
        }
    }

    private static double? RetryAfter(string[][] headers) =>
        Array.Find(headers, header => header[0] == "retry-after-ms") is { } ms ? double.Parse(ms[1], System.Globalization.CultureInfo.InvariantCulture) / 1000
        : Array.Find(headers, header => header[0] == "retry-after") is { } seconds ? double.Parse(seconds[1], System.Globalization.CultureInfo.InvariantCulture)
        : null;
}

/// <summary>How an attempt ended.</summary>
internal readonly record struct CallOutcome(int Status, double? RetryAfter);
