using System.Runtime.CompilerServices;

namespace LlmDapr.PromptCache.Tests.Flights;

/// <summary>Waits for what must come to be, and fails by name when it does not.</summary>
internal static class Soon
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    public static async Task UntilAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(since) < Patience, $"It did not come to this: {what}");
            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }
}
