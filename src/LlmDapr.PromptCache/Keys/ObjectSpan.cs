namespace LlmDapr.PromptCache.Keys;

/// <summary>An object of a request, by offsets into the text that <see cref="CanonicalReader"/> writes.</summary>
internal struct ObjectSpan
{
    /// <summary>Where it begins.</summary>
    public int Start;

    /// <summary>Behind its end.</summary>
    public int End;

    /// <summary>The first object that begins behind its end.</summary>
    public int Next;

    /// <summary>Where its members stand, sorted, among those that are kept. Of no meaning when <see cref="MemberCount"/> is 0.</summary>
    public int MembersFrom;

    /// <summary>How many they are; 0 when the text has them in order.</summary>
    public int MemberCount;
}
