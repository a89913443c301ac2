using System.Text.Json;

namespace LlmDapr.Generation.Streaming;

/// <summary>
/// Follows a chat stream to know when it is complete: each choice that was begun, and as many as were asked for, has its <c>finish_reason</c>.
/// </summary>
/// <param name="choices">The request's <c>n</c>.</param>
internal sealed class ChatStreamProgress(int choices)
{
    private const int MaxDepth = 256;

    private readonly HashSet<int> _begun = [];
    private readonly HashSet<int> _finished = [];

    /// <summary>Every choice that was begun has ended, and at least one was: then <c>[DONE]</c> ends a complete answer.</summary>
    public bool AllBegunFinished => _begun.Count > 0 && _finished.Count == _begun.Count;

    /// <summary>Every choice that was asked for has ended: then the answer is complete, even where the provider forgets <c>[DONE]</c>.</summary>
    public bool AllAskedFinished => AllBegunFinished && _finished.Count >= choices;

    /// <summary>What the answer cost, once the provider has said it.</summary>
    public Usage? Usage { get; private set; }

    /// <summary>Takes one event's data into account.</summary>
    public ChunkKind Observe(ReadOnlySpan<byte> data)
    {
        if (data.SequenceEqual("[DONE]"u8))
        {
            return ChunkKind.Done;
        }

        try
        {
            return ReadChunk(data);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return ChunkKind.Invalid;
        }
    }

    private ChunkKind ReadChunk(ReadOnlySpan<byte> data)
    {
        var reader = new Utf8JsonReader(data, new JsonReaderOptions { MaxDepth = MaxDepth });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return ChunkKind.Invalid;
        }

        var (isError, hasUsage, hasChoices, content) = (false, false, false, false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("choices"u8))
            {
                reader.Read();
                hasChoices |= ReadChoices(ref reader, ref content);
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                isError |= reader.TokenType != JsonTokenType.Null;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("usage"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartObject)
                {
                    hasUsage = true;
                    Usage = Streaming.Usage.ReadObject(ref reader);
                }
                else
                {
                    reader.Skip();
                }
            }
            else
            {
                reader.Skip();
            }
        }

        // Reads on, so that text behind the object makes it invalid.
        while (reader.Read())
        {
        }

        return isError ? ChunkKind.Error
            : content ? ChunkKind.Content
            : hasUsage && !hasChoices ? ChunkKind.Usage
            : ChunkKind.Opening;
    }

    private bool ReadChoices(ref Utf8JsonReader reader, ref bool content)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return false;
        }

        var any = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            any = true;
            ReadChoice(ref reader, ref content);
        }

        return any;
    }

    private void ReadChoice(ref Utf8JsonReader reader, ref bool content)
    {
        var (index, finished) = (0, false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("index"u8))
            {
                reader.Read();
                index = reader.GetInt32();
            }
            else if (reader.ValueTextEquals("finish_reason"u8))
            {
                reader.Read();

                // Some providers have an empty one in every chunk.
                finished = reader.TokenType != JsonTokenType.Null && !IsEmptyString(ref reader);
                reader.Skip();
            }
            else if (reader.ValueTextEquals("delta"u8))
            {
                reader.Read();
                content |= HasContent(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        _begun.Add(index);
        if (finished)
        {
            _finished.Add(index);
            content = true;
        }
    }

    // Anything but a role, null and the empty string is something that a caller may act on.
    private static bool HasContent(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return false;
        }

        var content = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isRole = reader.ValueTextEquals("role"u8);
            reader.Read();
            content |= !isRole && reader.TokenType != JsonTokenType.Null && !IsEmptyString(ref reader);
            reader.Skip();
        }

        return content;
    }

    private static bool IsEmptyString(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.String && reader.ValueSpan.IsEmpty;
}
