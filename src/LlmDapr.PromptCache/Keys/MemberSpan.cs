namespace LlmDapr.PromptCache.Keys;

/// <summary>A member of an object, by offsets into the text that <see cref="CanonicalReader"/> writes.</summary>
internal struct MemberSpan
{
    /// <summary>Where it begins: its name's tag.</summary>
    public int Start;

    /// <summary>Bytes of its name.</summary>
    public int NameLength;

    /// <summary>Behind its value.</summary>
    public int End;

    /// <summary>The first object that begins in its value.</summary>
    public int ObjectsFrom;

    /// <summary>The first object that begins behind it.</summary>
    public int ObjectsTo;
}
