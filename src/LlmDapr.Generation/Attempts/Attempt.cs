using System.Globalization;
using LlmDapr.Contracts.Errors;
using LlmDapr.Generation.Catalog;
using LlmDapr.Generation.Streaming;

namespace LlmDapr.Generation.Attempts;

/// <summary>What one call to a target came to. Whoever gets a stream disposes it.</summary>
internal abstract record Attempt(Target Target, IReadOnlyList<string[]> Headers)
{
    /// <summary>A whole answer, or the provider's own error.</summary>
    public sealed record Plain(Target Target, IReadOnlyList<string[]> Headers, int Status, ReadOnlyMemory<byte> Body) : Attempt(Target, Headers);

    /// <summary>A stream with its first words.</summary>
    public sealed record Streaming(Target Target, IReadOnlyList<string[]> Headers, IReadOnlyList<ReadOnlyMemory<byte>> First, ChatStream Rest) : Attempt(Target, Headers), IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Rest.DisposeAsync();
    }

    /// <summary>No answer: the provider could not be reached, broke, sent rubbish, or was too slow.</summary>
    public sealed record Failed(Target Target, AttemptFault Fault, ApiError Error) : Attempt(Target, [])
    {
        public static Failed Unreachable(Target target, string why) =>
            new(target, AttemptFault.Unreachable, ApiError.Upstream($"The provider '{target.Provider.Name}' cannot be reached: {why}", "provider_unreachable"));

        public static Failed Broken(Target target, string what) => new(target, AttemptFault.Broken, ApiError.Upstream(what));

        public static Failed NotAdmitted(Target target, ApiError error) => new(target, AttemptFault.NotAdmitted, error);

        public static Failed TimedOut(Target target, TimeSpan clock) =>
            new(target, AttemptFault.TimedOut, ApiError.Timeout(string.Create(CultureInfo.InvariantCulture, $"The provider '{target.Provider.Name}' did not begin to answer within {clock.TotalSeconds:0.###} s.")));

        public static Failed BreakerOpen(Target target, TimeSpan pause) =>
            new(target, AttemptFault.BreakerOpen, ApiError.Unavailable($"The provider '{target.Provider.Name}' keeps failing and is left alone for a while.", pause));
    }
}
