using LlmDapr.Contracts.Errors;

namespace LlmDapr.Contracts.Requests;

/// <summary>
/// The few fields of a request body that policy needs, read without touching the rest: bytes pass through. Immutable.
/// Source: the top level of OpenAI's request objects.
/// </summary>
public sealed class RequestEnvelope
{
    internal RequestEnvelope(ReadOnlyMemory<byte> body, string model, Range modelValue, bool stream, StreamOptionsMember streamOptions, int choices)
    {
        Body = body;
        Model = model;
        ModelValue = modelValue;
        Stream = stream;
        StreamOptions = streamOptions;
        Choices = choices;
    }

    /// <summary>The body as it came.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary><c>model</c>, unescaped.</summary>
    public string Model { get; }

    /// <summary><c>stream</c>; false when absent or null.</summary>
    public bool Stream { get; }

    /// <summary>Whether the caller wants the stream's last chunk to carry usage.</summary>
    public bool IncludesUsage => StreamOptions.IncludeUsage;

    /// <summary><c>n</c>, 1 when absent or not a positive number (which the provider then judges).</summary>
    public int Choices { get; }

    internal Range ModelValue { get; }

    internal StreamOptionsMember StreamOptions { get; }

    /// <summary>Reads the envelope. When it returns false, <paramref name="error"/> names the field and the remedy.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> body, RequestKind kind, out RequestEnvelope envelope, out ApiError error)
    {
        error = RequestEnvelopeReader.Read(body, kind, out var read)!;
        envelope = read!;
        return error is null;
    }

    /// <summary>
    /// The body for a target: the value of top-level <c>model</c> replaced, and <c>stream_options.include_usage</c> set where asked for
    /// and the request streams; every other byte as it came.
    /// </summary>
    public ReadOnlyMemory<byte> WithTarget(string model, bool includeUsage) => RequestSplice.Apply(this, model, includeUsage && Stream && !IncludesUsage);
}
