using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using LlmDapr.Contracts.Errors;

namespace LlmDapr.Contracts.Requests;

/// <summary>One pass over a request body. Nested values are skipped, not read.</summary>
internal ref struct RequestEnvelopeReader
{
    // Deep enough for any schema of a tool; bounded since a reader's state grows with it.
    private const int MaxDepth = 256;

    private Utf8JsonReader _reader;
    private readonly RequestKind _kind;
    private string? _model;
    private Range _modelValue;
    private bool _stream;
    private int _choices = 1;
    private StreamOptionsMember _streamOptions;
    private Seen _seen;

    private RequestEnvelopeReader(ReadOnlySpan<byte> body, RequestKind kind)
    {
        _reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
        _kind = kind;
    }

    [Flags]
    private enum Seen
    {
        None = 0,
        Model = 1,
        Stream = 2,
        StreamOptions = 4,
        Input = 8,
        Choices = 16,
    }

    public static ApiError? Read(ReadOnlyMemory<byte> body, RequestKind kind, out RequestEnvelope? envelope)
    {
        envelope = null;
        if (!Utf8.IsValid(body.Span))
        {
            return ApiError.InvalidRequest("The request body is not valid UTF-8. Send JSON encoded as UTF-8.", code: "invalid_utf8");
        }

        var reader = new RequestEnvelopeReader(body.Span, kind);
        try
        {
            if (reader.ReadMembers() is { } error)
            {
                return error;
            }
        }
        catch (JsonException e)
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"line {(e.LineNumber ?? 0) + 1}, byte {(e.BytePositionInLine ?? 0) + 1}");
            return ApiError.InvalidRequest($"The request body is not valid JSON ({place}). Send one JSON object.", code: "invalid_json");
        }
        catch (InvalidOperationException)
        {
            // How Utf8JsonReader says that an escape such as \ud800 is half of a character.
            return ApiError.InvalidRequest("The request body has a string that is not valid Unicode: a \\u escape without its other half.", code: "invalid_json");
        }

        envelope = new RequestEnvelope(body, reader._model!, reader._modelValue, reader._stream, reader._streamOptions, reader._choices);
        return null;
    }

    private ApiError? ReadMembers()
    {
        if (!_reader.Read() || _reader.TokenType != JsonTokenType.StartObject)
        {
            return ApiError.InvalidRequest("The request body must be one JSON object.", code: "invalid_json");
        }

        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            if (ReadMember() is { } error)
            {
                return error;
            }
        }

        // Reads on to the end, so that text behind the object is found.
        while (_reader.Read())
        {
        }

        if (!_seen.HasFlag(Seen.Model))
        {
            return Missing("model", "a string: the model's name");
        }

        return _seen.HasFlag(Seen.Input) ? null
            : _kind == RequestKind.ChatCompletion ? Missing("messages", "an array of messages")
            : Missing("input", "a string or an array");
    }

    private ApiError? ReadMember()
    {
        if (_reader.ValueTextEquals("model"u8))
        {
            return Once(Seen.Model, "model") ?? ReadModel();
        }

        if (_reader.ValueTextEquals(_kind == RequestKind.ChatCompletion ? "messages"u8 : "input"u8))
        {
            return _kind == RequestKind.ChatCompletion
                ? Once(Seen.Input, "messages") ?? ReadMessages()
                : Once(Seen.Input, "input") ?? ReadInput();
        }

        if (_kind == RequestKind.ChatCompletion)
        {
            if (_reader.ValueTextEquals("stream"u8))
            {
                return Once(Seen.Stream, "stream") ?? ReadStream();
            }

            if (_reader.ValueTextEquals("stream_options"u8))
            {
                return Once(Seen.StreamOptions, "stream_options") ?? ReadStreamOptions();
            }

            if (_reader.ValueTextEquals("n"u8))
            {
                return Once(Seen.Choices, "n") ?? ReadChoices();
            }
        }

        _reader.Skip();
        return null;
    }

    private ApiError? ReadModel()
    {
        _reader.Read();
        if (_reader.TokenType != JsonTokenType.String)
        {
            return WrongType("model", "a string: the model's name");
        }

        _model = _reader.GetString()!;
        _modelValue = (int)_reader.TokenStartIndex..(int)_reader.BytesConsumed;
        return _model.Length is > 0 and <= 512 ? null : ApiError.InvalidRequest("'model' must be a name of 1 to 512 characters.", "model", "invalid_value");
    }

    private ApiError? ReadMessages()
    {
        _reader.Read();
        if (_reader.TokenType != JsonTokenType.StartArray)
        {
            return WrongType("messages", "an array of messages");
        }

        var count = 0;
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            if (_reader.TokenType != JsonTokenType.StartObject)
            {
                return WrongType(string.Create(CultureInfo.InvariantCulture, $"messages[{count}]"), "an object with a role");
            }

            _reader.Skip();
            count++;
        }

        return count > 0 ? null : ApiError.InvalidRequest("'messages' is empty: give at least one message.", "messages", "empty_array");
    }

    private ApiError? ReadInput()
    {
        _reader.Read();
        if (_reader.TokenType is not (JsonTokenType.String or JsonTokenType.StartArray))
        {
            return WrongType("input", "a string or an array");
        }

        _reader.Skip();
        return null;
    }

    private ApiError? ReadStream()
    {
        _reader.Read();
        _stream = _reader.TokenType == JsonTokenType.True;
        return _reader.TokenType is JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null ? null : WrongType("stream", "true or false");
    }

    private ApiError? ReadChoices()
    {
        _reader.Read();

        // A whole number may also be spelt 2.0 or 0.2e1: a provider that takes it for 2 must not be held to one choice.
        if (_reader.TokenType == JsonTokenType.Number && _reader.TryGetDouble(out var choices) && choices is >= 1 and <= int.MaxValue && double.IsInteger(choices))
        {
            _choices = (int)choices;
        }
        else
        {
            _reader.Skip();
        }

        return null;
    }

    private ApiError? ReadStreamOptions()
    {
        _reader.Read();
        var start = (int)_reader.TokenStartIndex;
        if (_reader.TokenType == JsonTokenType.Null)
        {
            _streamOptions = new(start..(int)_reader.BytesConsumed, null, false, false, false);
            return null;
        }

        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            return WrongType("stream_options", "an object");
        }

        Range? usage = null;
        var (empty, wanted) = (true, false);
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            empty = false;
            var isUsage = _reader.ValueTextEquals("include_usage"u8);
            _reader.Read();
            var valueStart = (int)_reader.TokenStartIndex;
            if (isUsage)
            {
                if (usage is not null || _reader.TokenType is not (JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null))
                {
                    return WrongType("stream_options.include_usage", "true or false, once");
                }

                wanted = _reader.TokenType == JsonTokenType.True;
                usage = valueStart..(int)_reader.BytesConsumed;
            }

            _reader.Skip();
        }

        _streamOptions = new(start..(int)_reader.BytesConsumed, usage, true, empty, wanted);
        return null;
    }

    // Two members of one name are read differently by different parsers: what is checked here must be what the provider reads.
    private ApiError? Once(Seen member, string name)
    {
        if (_seen.HasFlag(member))
        {
            return ApiError.InvalidRequest($"'{name}' is given twice: give it once.", name, "duplicate_field");
        }

        _seen |= member;
        return null;
    }

    private static ApiError Missing(string name, string what) =>
        ApiError.InvalidRequest($"'{name}' is missing: it must be {what}.", name, "missing_required_parameter");

    private readonly ApiError WrongType(string name, string what) =>
        ApiError.InvalidRequest($"'{name}' has the wrong type ({_reader.TokenType switch
        {
            JsonTokenType.String => "string",
            JsonTokenType.Number => "number",
            JsonTokenType.True or JsonTokenType.False => "boolean",
            JsonTokenType.Null => "null",
            JsonTokenType.StartArray => "array",
            _ => "object",
        }}): it must be {what}.", name, "invalid_type");
}
