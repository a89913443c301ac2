using System.Text;
using LlmDapr.Contracts.Errors;
using LlmDapr.Generation.Attempts;
using LlmDapr.Generation.Catalog;
using LlmDapr.Generation.Providers;

namespace LlmDapr.Generation.Tests.Attempts;

/// <summary>Attempts of every kind, at targets of one provider that is never called.</summary>
internal static class SampleAttempts
{
    private static readonly Provider Nobody = new("p", new ProviderOptions { Endpoint = "http://p.invalid/v1" }, key: null);

    public static Target Target(string model) => new(Nobody, model);

    public static RoutedModel Model(string? larger, params string[] targets) =>
        new([.. targets.Select((target, rank) => new RoutedTarget(Target(target), rank, 1))], StreamRecovery.Off, larger);

    public static Attempt Answer(string target, int status, string code = "", params string[][] headers) =>
        new Attempt.Plain(Target(target), headers, status, Encoding.UTF8.GetBytes(code.Length == 0 ? "{}" : $$$"""{"error":{"message":"m","type":"t","param":null,"code":"{{{code}}}"}}"""));

    /// <summary>An attempt without an answer, or with one of this status.</summary>
    public static Attempt Of(string target, string kind) => kind switch
    {
        "unreachable" => Attempt.Failed.Unreachable(Target(target), "nobody listens"),
        "broken" => Attempt.Failed.Broken(Target(target), "rubbish"),
        "large" => new Attempt.Failed(Target(target), AttemptFault.TooLarge, ApiError.Upstream("too large")),
        "slow" => Attempt.Failed.TimedOut(Target(target), TimeSpan.FromSeconds(10)),
        "open" => Attempt.Failed.BreakerOpen(Target(target), TimeSpan.FromSeconds(8)),
        "refused" => Attempt.Failed.NotAdmitted(Target(target), ApiError.Unavailable("no place", TimeSpan.FromSeconds(1))),
        "stream" => new Attempt.Streaming(Target(target), [], [], null!),
        "context" => Answer(target, 400, "context_length_exceeded"),
        "policy" => Answer(target, 400, "content_policy_violation"),
        "quota" => Answer(target, 429, "insufficient_quota"),
        _ => Answer(target, int.Parse(kind, System.Globalization.CultureInfo.InvariantCulture)),
    };
}
