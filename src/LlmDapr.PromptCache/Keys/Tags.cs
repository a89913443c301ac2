namespace LlmDapr.PromptCache.Keys;

/// <summary>
/// The bytes that give the canonical form its shape. Each value says what it is and where it ends, so that no two different values have one form:
/// text never contains <see cref="End"/>, since no UTF-8 does.
/// </summary>
internal static class Tags
{
    public const byte ObjectStart = (byte)'{';
    public const byte ObjectEnd = (byte)'}';
    public const byte ArrayStart = (byte)'[';
    public const byte ArrayEnd = (byte)']';
    public const byte Name = (byte)'k';
    public const byte Text = (byte)'s';
    public const byte Number = (byte)'n';
    public const byte NumberAsSpelt = (byte)'N';
    public const byte True = (byte)'t';
    public const byte False = (byte)'f';
    public const byte Null = (byte)'0';
    public const byte End = 0xFF;
}
