using LlmDapr.Testing;

namespace LlmDapr.System.Tests;

/// <summary>A model's name may have any characters, and comes back in a header.</summary>
public sealed class ModelNameTests(SharedSystem shared)
{
    private readonly RunningSystem _system = shared.System;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sim é 模型 🌊")]
    [InlineData("sim\r\nx-evil: 1")]
    [InlineData("sim\0\"'<>")]
    [InlineData("sim/../org/model")]
    public async Task Completion_NameWithOddCharacters_AnswersWithAHeaderThatIsOne(string model)
    {
        foreach (var stream in new[] { false, true })
        {
            using var response = await _system.Http.PostAsync(Chat.Body(model, "Odd", stream), Ct);
            await response.Content.LoadIntoBufferAsync(Ct);

            Assert.Equal(200, (int)response.StatusCode);
            Assert.False(response.Headers.Contains("x-evil"));
            Assert.All(Assert.Single(response.Headers.GetValues("x-llmdapr-target")), c => Assert.InRange(c, ' ', '~'));
            Assert.Single(response.Headers.GetValues("x-request-id"));
        }
    }
}
