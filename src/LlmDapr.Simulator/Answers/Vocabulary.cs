namespace LlmDapr.Simulator.Answers;

/// <summary>The words of answers. Changing them changes every answer.</summary>
internal static class Vocabulary
{
    /// <summary>Lower-case ASCII words.</summary>
    public static readonly string[] Plain =
    [
        "a", "about", "across", "again", "all", "and", "answer", "as", "at", "before", "below", "between", "bright", "by", "calm", "carries",
        "clear", "closes", "cloud", "counts", "day", "deep", "drifts", "each", "early", "evening", "every", "far", "field", "finds", "follows", "for",
        "from", "garden", "gives", "grows", "harbour", "holds", "in", "into", "keeps", "lamp", "late", "leaves", "light", "line", "long", "low",
        "makes", "many", "meets", "model", "morning", "moves", "near", "never", "of", "old", "on", "one", "opens", "over", "path", "place",
        "plain", "quiet", "rain", "reads", "returns", "river", "road", "says", "sea", "season", "sends", "short", "slow", "small", "some", "song",
        "stays", "stone", "story", "street", "that", "the", "then", "this", "through", "time", "to", "token", "towards", "tree", "turns", "under",
        "until", "voice", "waits", "walks", "warm", "water", "what", "when", "where", "while", "wide", "wind", "with", "word", "world", "writes",
    ];

    /// <summary>Words of two, three and four bytes a character, and one emoji of several code points.</summary>
    public static readonly string[] Foreign = ["café", "naïve", "Zürich", "smörgås", "déjà", "Ελλάδα", "日本", "🚀", "🌊", "👩‍🚀"];
}
