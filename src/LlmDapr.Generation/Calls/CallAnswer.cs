using LlmDapr.Contracts.Errors;
using LlmDapr.Contracts.Hop;
using LlmDapr.Generation.Attempts;
using LlmDapr.Generation.Streaming;

namespace LlmDapr.Generation.Calls;

/// <summary>What a call came to at its commit point: the head, and either a whole body or a stream with its first words.</summary>
internal sealed record CallAnswer(HopHead Head, IReadOnlyList<ReadOnlyMemory<byte>> Body, ChatStream? Rest) : IAsyncDisposable
{
    /// <summary>A refusal of generation's own, or the fault that no target could make good.</summary>
    public static CallAnswer Refusal(ApiError error, string? model, string? target = null, int attempts = 0)
    {
        var body = error.ToJson();
        string[][] headers = [["content-type", "application/json"], .. error.Headers().Select(header => new[] { header.Key, header.Value })];
        return new CallAnswer(new HopHead(error.Status, headers, body.Length, model, target, attempts), [body], null);
    }

    /// <summary>What a target answered.</summary>
    public static CallAnswer Of(Attempt attempt, string model, int attempts)
    {
        var target = attempt.Target.ToString();
        return attempt switch
        {
            Attempt.Plain plain => new CallAnswer(new HopHead(plain.Status, plain.Headers, plain.Body.Length, model, target, attempts), [plain.Body], null),
            Attempt.Streaming stream => new CallAnswer(new HopHead(200, stream.Headers, null, model, target, attempts), stream.First, stream.Rest),
            Attempt.Failed failed => Refusal(failed.Error, model, target, attempts),
            _ => throw new ArgumentOutOfRangeException(nameof(attempt), attempt, null),
        };
    }

    public ValueTask DisposeAsync() => Rest?.DisposeAsync() ?? ValueTask.CompletedTask;
}
