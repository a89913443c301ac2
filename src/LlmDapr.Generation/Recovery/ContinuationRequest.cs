using System.Text;
using System.Text.Json;
using LlmDapr.Contracts.Requests;

namespace LlmDapr.Generation.Recovery;

/// <summary>Whether a request's answer can be taken up again, and the request that asks for it: the caller's bytes with what was said put among them.</summary>
internal sealed class ContinuationRequest
{
    // As the envelope's own.
    private const int MaxDepth = 256;

    private static readonly byte[] MessageStart = ",{\"role\":\"assistant\",\"content\":\""u8.ToArray();
    private static readonly byte[] MessageEnd = "\"}"u8.ToArray();

    private readonly ReadOnlyMemory<byte> _body;
    private readonly List<UsagePlace> _limits = [];
    private int _messagesEnd;
    private bool _endsWithAssistant;
    private int? _lastContentEnd;
    private bool _hasFormat;

    private ContinuationRequest(ReadOnlyMemory<byte> body) => _body = body;

    /// <summary>Why its answer is not taken up again; null when it is.</summary>
    public string? Obstacle { get; private set; }

    /// <summary>
    /// Whether an answer of these words may be asked to go on, rather than asked for again. Not one in a format of its own (to many providers the prefill
    /// would be outside of it), nor a few words, of which a repetition could not be told from a continuation.
    /// </summary>
    public bool CanContinue(string said) => !_hasFormat && PrefillLength(said) >= AnswerJoint.Telling && (!_endsWithAssistant || _lastContentEnd is not null) && !HasHalves(said);

    /// <summary>Reads a body that the envelope has accepted.</summary>
    public static ContinuationRequest Read(ReadOnlyMemory<byte> body)
    {
        var request = new ContinuationRequest(body);
        var reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { MaxDepth = MaxDepth });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            request.ReadMember(ref reader);
        }

        return request;
    }

    /// <summary>The part of what was said that a provider can go on from: no spaces at the end, no half of a character.</summary>
    public static int PrefillLength(string said)
    {
        var prefill = said.AsSpan();
        if (prefill.Length > 0 && char.IsHighSurrogate(prefill[^1]))
        {
            prefill = prefill[..^1];
        }

        return prefill.TrimEnd().Length;
    }

    /// <summary>The request that goes on from the prefill. An answer's length that the caller has bounded is bounded by what is left of it.</summary>
    public RequestEnvelope Continue(string prefill, int prefillTokens)
    {
        var edits = new ByteEdits();
        var text = JsonText.Encode(prefill);
        if (_lastContentEnd is { } contentEnd)
        {
            // The caller has begun the answer itself: there is one assistant message at the end, then, not two.
            edits.Insert(contentEnd, text);
        }
        else
        {
            edits.Insert(_messagesEnd, (byte[])[.. MessageStart, .. text, .. MessageEnd]);
        }

        foreach (var limit in _limits)
        {
            edits.Replace(limit.At, Encoding.ASCII.GetBytes(Math.Max(1, limit.Value - prefillTokens).ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }

        return RequestEnvelope.TryRead(edits.Apply(_body.Span), RequestKind.ChatCompletion, out var envelope, out var error)
            ? envelope
            : throw new InvalidOperationException($"A request that was accepted is not, with the answer's beginning: {error.Message}");
    }

    private static bool HasHalves(string said)
    {
        for (var rest = said.AsSpan(0, PrefillLength(said)); !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var length) != System.Buffers.OperationStatus.Done)
            {
                return true;
            }

            rest = rest[length..];
        }

        return false;
    }

    private void ReadMember(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("messages"u8))
        {
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                ReadMessage(ref reader);
            }

            _messagesEnd = (int)reader.TokenStartIndex;
        }
        else if (reader.ValueTextEquals("tools"u8) || reader.ValueTextEquals("functions"u8))
        {
            reader.Read();
            Obstacle = reader.TokenType == JsonTokenType.Null || (reader.TokenType == JsonTokenType.StartArray && IsEmpty(ref reader)) ? Obstacle : "it may call tools";
            reader.Skip();
        }
        else if (reader.ValueTextEquals("logprobs"u8) || reader.ValueTextEquals("audio"u8))
        {
            reader.Read();
            Obstacle = reader.TokenType is JsonTokenType.Null or JsonTokenType.False ? Obstacle : "it has more than words";
            reader.Skip();
        }
        else if (reader.ValueTextEquals("response_format"u8))
        {
            reader.Read();
            _hasFormat |= reader.TokenType == JsonTokenType.StartObject && !IsText(ref reader);
            reader.Skip();
        }
        else if (reader.ValueTextEquals("max_tokens"u8) || reader.ValueTextEquals("max_completion_tokens"u8))
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var limit))
            {
                _limits.Add(new UsagePlace((int)reader.TokenStartIndex..(int)reader.BytesConsumed, limit));
            }

            reader.Skip();
        }
        else
        {
            reader.Skip();
        }
    }

    private void ReadMessage(ref Utf8JsonReader reader)
    {
        (_endsWithAssistant, _lastContentEnd) = (false, null);
        var (contentEnd, hasCalls) = ((int?)null, false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isRole, isContent, isCalls) = (reader.ValueTextEquals("role"u8), reader.ValueTextEquals("content"u8), reader.ValueTextEquals("tool_calls"u8));
            reader.Read();
            if (isRole)
            {
                _endsWithAssistant = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("assistant"u8);
            }
            else if (isContent)
            {
                contentEnd = reader.TokenType == JsonTokenType.String ? (int)reader.BytesConsumed - 1 : null;
            }

            hasCalls |= isCalls && reader.TokenType != JsonTokenType.Null;
            reader.Skip();
        }

        _lastContentEnd = _endsWithAssistant && !hasCalls ? contentEnd : null;
    }

    private static bool IsEmpty(ref Utf8JsonReader reader)
    {
        var look = reader;
        return look.Read() && look.TokenType == JsonTokenType.EndArray;
    }

    private static bool IsText(ref Utf8JsonReader reader)
    {
        var look = reader;
        while (look.Read() && look.TokenType == JsonTokenType.PropertyName)
        {
            var isType = look.ValueTextEquals("type"u8);
            look.Read();
            if (isType)
            {
                return look.TokenType == JsonTokenType.String && look.ValueTextEquals("text"u8);
            }

            look.Skip();
        }

        return false;
    }
}
