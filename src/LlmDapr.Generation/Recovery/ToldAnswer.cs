using System.Text;

namespace LlmDapr.Generation.Recovery;

/// <summary>What a caller has been told so far, whoever said it. Belongs to one request; not thread-safe.</summary>
internal sealed class ToldAnswer
{
    private readonly StringBuilder _words = new();

    /// <summary>The words, in UTF-16; they may end with half a character.</summary>
    public string Words => _words.ToString();

    /// <summary>How many characters (UTF-16).</summary>
    public int Length => _words.Length;

    /// <summary>The answer's <c>id</c> as JSON; null when it has none.</summary>
    public byte[]? Id { get; private set; }

    /// <summary>The answer's <c>created</c> as JSON; null when it has none.</summary>
    public byte[]? Created { get; private set; }

    /// <summary>Whether the role was said.</summary>
    public bool HasRole { get; private set; }

    /// <summary>Whether the finish was said: nothing can follow it.</summary>
    public bool Finished { get; private set; }

    /// <summary>Whether nothing but words was said, so that another answer can be joined.</summary>
    public bool IsPlain { get; private set; } = true;

    /// <summary>Takes a chunk of the first answer into account.</summary>
    public void Observe(in ChatChunk chunk, ReadOnlySpan<byte> data)
    {
        Id ??= chunk.Id is { } id ? data[id].ToArray() : null;
        Created ??= chunk.Created is { } created ? data[created].ToArray() : null;
        Observe(chunk);
        IsPlain = IsPlain && (chunk.Content is not { } content || JsonText.TryAppend(_words, data[content]));
    }

    /// <summary>Takes a chunk of a later answer into account, with what is new of its words, if they can be read.</summary>
    public void Observe(in ChatChunk chunk, ReadOnlySpan<char> words, bool isReadable)
    {
        Observe(chunk);
        IsPlain &= isReadable;
        _words.Append(words);
    }

    private void Observe(in ChatChunk chunk)
    {
        HasRole |= chunk.Role is not null;
        Finished |= chunk.Finished;
        IsPlain &= !chunk.HasOther;
    }
}
