using LlmDapr.Contracts;
using Microsoft.Extensions.Options;

namespace LlmDapr.Jobs.Tests;

public sealed class JobsOptionsTests
{
    [Fact]
    public void Defaults_AreValid()
    {
        Assert.Empty(FailuresOf(new JobsOptions()));
        Assert.Equal((TimeSpan.FromSeconds(15), 3, TimeSpan.FromHours(24), TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30)), (new JobsOptions().Lease, new JobsOptions().MaxAttempts, new JobsOptions().ResultTtl, new JobsOptions().Hold, new JobsOptions().StopTimeout));
    }

    [Fact]
    public void WrongValues_AreNamed()
    {
        var failures = FailuresOf(new JobsOptions { Lease = TimeSpan.Zero, MaxAttempts = 0, Concurrency = 0, MaxResultBytes = 4 * 1024 * 1024, ResultTtl = TimeSpan.Zero });

        Assert.All(["Lease", "MaxAttempts", "Concurrency", "MaxResultBytes", "ResultTtl"], name => Assert.Contains(failures, failure => failure.Contains(name, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("*")]
    [InlineData(" ")]
    [InlineData("llm-*")]
    [InlineData(Topics.Jobs)]
    [InlineData(Topics.Requests)]
    public void ReplyTopics_ThatReachIntoTheSystem_AreRefused(string topic)
    {
        var options = new JobsOptions();
        options.ReplyTopics.Add(topic);

        Assert.Contains(FailuresOf(options), failure => failure.Contains("Jobs:ReplyTopics", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("orders")]
    [InlineData("team-*")]
    public void ReplyTopics_OfOthers_AreGood(string topic)
    {
        var options = new JobsOptions();
        options.ReplyTopics.Add(topic);

        Assert.Empty(FailuresOf(options));
    }

    private static List<string> FailuresOf(JobsOptions options) =>
        [.. ((IValidateOptions<JobsOptions>[])[new JobsOptionsValidator(), new JobsOptionsCrossValidator()]).SelectMany(validator => validator.Validate(null, options).Failures ?? [])];
}
