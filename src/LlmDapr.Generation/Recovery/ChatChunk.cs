using System.Text.Json;

namespace LlmDapr.Generation.Recovery;

/// <summary>Where the parts of a chat chunk stand that have to be followed, or changed when it goes on an answer of another provider. Offsets are bytes.</summary>
internal struct ChatChunk
{
    private const int MaxDepth = 256;

    /// <summary>The value of <c>id</c>.</summary>
    public Range? Id { get; private set; }

    /// <summary>The value of <c>created</c>.</summary>
    public Range? Created { get; private set; }

    /// <summary>The member <c>role</c> of the delta, with the comma that goes with it.</summary>
    public Range? Role { get; private set; }

    /// <summary>The inside of the delta's <c>content</c> where it is a string.</summary>
    public Range? Content { get; private set; }

    public UsagePlace? PromptTokens { get; private set; }

    public UsagePlace? CompletionTokens { get; private set; }

    public UsagePlace? TotalTokens { get; private set; }

    /// <summary>Whether it has a choice.</summary>
    public bool HasChoice { get; private set; }

    /// <summary>Whether the choice has its <c>finish_reason</c>.</summary>
    public bool Finished { get; private set; }

    /// <summary>Whether it has something that cannot be joined with another answer: tool calls, a refusal, audio, a second choice, what nobody knows.</summary>
    public bool HasOther { get; private set; }

    /// <summary>Whether there is a usage and nothing else.</summary>
    public readonly bool IsUsage => !HasChoice && (PromptTokens ?? CompletionTokens ?? TotalTokens) is not null;

    /// <summary>Reads a chunk that is known to be a JSON object.</summary>
    public static ChatChunk Read(ReadOnlySpan<byte> data)
    {
        var chunk = default(ChatChunk);
        var reader = new Utf8JsonReader(data, new JsonReaderOptions { MaxDepth = MaxDepth });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8))
            {
                chunk.Id = Value(ref reader);
            }
            else if (reader.ValueTextEquals("created"u8))
            {
                chunk.Created = Value(ref reader);
            }
            else if (reader.ValueTextEquals("choices"u8))
            {
                reader.Read();
                chunk.ReadChoices(ref reader, data);
            }
            else if (reader.ValueTextEquals("usage"u8))
            {
                reader.Read();
                chunk.ReadUsage(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return chunk;
    }

    private static Range Value(ref Utf8JsonReader reader)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return start..(int)reader.BytesConsumed;
    }

    private void ReadChoices(ref Utf8JsonReader reader, ReadOnlySpan<byte> data)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            HasOther |= HasChoice;
            HasChoice = true;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                ReadChoiceMember(ref reader, data);
            }
        }
    }

    private void ReadChoiceMember(ref Utf8JsonReader reader, ReadOnlySpan<byte> data)
    {
        if (reader.ValueTextEquals("delta"u8))
        {
            reader.Read();
            ReadDelta(ref reader, data);
        }
        else if (reader.ValueTextEquals("index"u8))
        {
            reader.Read();
            HasOther |= !reader.TryGetInt32(out var index) || index != 0;
        }
        else if (reader.ValueTextEquals("finish_reason"u8))
        {
            reader.Read();
            Finished |= !IsNothing(ref reader);
            reader.Skip();
        }
        else
        {
            var isLogprobs = reader.ValueTextEquals("logprobs"u8);
            reader.Read();
            HasOther |= isLogprobs && !IsNothing(ref reader);
            reader.Skip();
        }
    }

    private void ReadDelta(ref Utf8JsonReader reader, ReadOnlySpan<byte> data)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("role"u8))
            {
                var start = (int)reader.TokenStartIndex;
                HasOther |= Role is not null;
                Role = Member(data, start, Value(ref reader).End.Value);
            }
            else if (reader.ValueTextEquals("content"u8))
            {
                reader.Read();
                HasOther |= Content is not null || reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null);
                Content = reader.TokenType == JsonTokenType.String ? ((int)reader.TokenStartIndex + 1)..((int)reader.BytesConsumed - 1) : null;
                reader.Skip();
            }
            else
            {
                // Thoughts are not the answer: a second provider's are left out, so that the words can be joined.
                var isThought = reader.ValueSpan.StartsWith("reasoning"u8) || reader.ValueSpan.StartsWith("thinking"u8);
                reader.Read();
                var empty = IsNothing(ref reader);
                HasOther |= !isThought && !empty;
            }
        }
    }

    private void ReadUsage(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var which = reader.ValueTextEquals("prompt_tokens"u8) ? 1 : reader.ValueTextEquals("completion_tokens"u8) ? 2 : reader.ValueTextEquals("total_tokens"u8) ? 3 : 0;
            reader.Read();
            if (which > 0 && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var count))
            {
                var place = new UsagePlace((int)reader.TokenStartIndex..(int)reader.BytesConsumed, count);
                (PromptTokens, CompletionTokens, TotalTokens) = (which == 1 ? place : PromptTokens, which == 2 ? place : CompletionTokens, which == 3 ? place : TotalTokens);
            }

            reader.Skip();
        }
    }

    // null, "", [] and {} say nothing. Leaves the reader at the value's end.
    private static bool IsNothing(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return true;
            case JsonTokenType.String:
                return reader.ValueSpan.IsEmpty;
            case JsonTokenType.StartArray or JsonTokenType.StartObject:
                var depth = reader.CurrentDepth;
                reader.Read();
                var empty = reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject && reader.CurrentDepth == depth;
                while (reader.CurrentDepth > depth || reader.TokenType is not (JsonTokenType.EndArray or JsonTokenType.EndObject))
                {
                    reader.Read();
                }

                return empty;
            default:
                return false;
        }
    }

    private static Range Member(ReadOnlySpan<byte> data, int start, int end)
    {
        var after = end + data[end..].IndexOfAnyExcept(" \t\r\n"u8);
        if (data[after] == ',')
        {
            return start..(after + 1);
        }

        var before = data[..start].LastIndexOfAnyExcept(" \t\r\n"u8);
        return (data[before] == ',' ? before : start)..end;
    }
}
