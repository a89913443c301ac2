using LlmDapr.Testing;

namespace LlmDapr.System.Tests;

/// <summary>Edge's limit is the sidecars', so that what edge takes gets through them.</summary>
public sealed class BodyLimitTests(SharedSystem shared)
{
    private const int Limit = 16 * 1024 * 1024;

    private readonly RunningSystem _system = shared.System;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Limit, 200)]
    [InlineData(Limit + 1, 413)]
    public async Task Completion_BodyAtTheLimit_IsTakenWholeAndOneByteMoreIsNot(int size, int status)
    {
        const string Model = "sim?words=3&seed=81";
        var room = size - Chat.Body(Model, string.Empty, stream: false).Length;
        using var response = await _system.Http.PostAsync(Chat.Body(Model, new string('a', room), stream: false), Ct);

        Assert.Equal(status, (int)response.StatusCode);
        var answer = await Chat.JsonAsync(response, Ct);
        Assert.Equal(status == 200 ? null : "request_too_large", answer["error"]?["code"]?.GetValue<string>());
    }
}
