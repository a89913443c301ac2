namespace LlmDapr.Jobs.DeadLetters;

/// <summary>The dead letters that are kept, the oldest first.</summary>
internal sealed record LetterIndex(IReadOnlyList<LetterSummary> Letters)
{
    /// <summary>The most that the list holds; older ones fall out of it.</summary>
    public const int Limit = 1000;

    public static readonly LetterIndex Empty = new([]);

    /// <summary>With this letter, once.</summary>
    public LetterIndex With(LetterSummary letter) => new([.. Without(letter.Id).Letters.TakeLast(Limit - 1), letter]);

    public LetterIndex Without(string id) => new([.. Letters.Where(letter => letter.Id != id)]);

    /// <summary>Without those whose entry has expired meanwhile.</summary>
    public LetterIndex Since(DateTimeOffset oldest) => new([.. Letters.Where(letter => letter.DeadAt >= oldest)]);
}
