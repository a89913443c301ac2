using System.Buffers;

namespace LlmDapr.Sidecar.Invocation;

/// <summary>The content type that Go's server gives to a body whose app named none: the WHATWG sniffing rules, as far as they matter here.</summary>
internal static class ContentSniffer
{
    private static readonly string[] HtmlTags =
    [
        "<!DOCTYPE HTML", "<HTML", "<HEAD", "<SCRIPT", "<IFRAME", "<H1", "<DIV", "<FONT", "<TABLE", "<A", "<STYLE", "<TITLE", "<B",
        "<BODY", "<BR", "<P", "<!--",
    ];

    // Control bytes that do not occur in text.
    private static readonly SearchValues<byte> Binary = SearchValues.Create(
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 28, 29, 30, 31,
    ]);

    private static ReadOnlySpan<byte> Png => [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    private static ReadOnlySpan<byte> Jpeg => [0xFF, 0xD8, 0xFF];

    private static ReadOnlySpan<byte> Gzip => [0x1F, 0x8B, 0x08];

    private static ReadOnlySpan<byte> Zip => [(byte)'P', (byte)'K', 3, 4];

    /// <summary>Names the type of a body by its first bytes.</summary>
    public static string Detect(ReadOnlySpan<byte> start)
    {
        if (start.Length > 512)
        {
            start = start[..512];
        }

        var text = start.TrimStart(" \t\r\n\f"u8);
        foreach (var tag in HtmlTags)
        {
            if (IsTag(text, tag))
            {
                return "text/html; charset=utf-8";
            }
        }

        return text.StartsWith("<?xml"u8) ? "text/xml; charset=utf-8"
            : start.StartsWith("%PDF-"u8) ? "application/pdf"
            : start.StartsWith(Png) ? "image/png"
            : start.StartsWith(Jpeg) ? "image/jpeg"
            : start.StartsWith("GIF87a"u8) || start.StartsWith("GIF89a"u8) ? "image/gif"
            : start.StartsWith(Gzip) ? "application/x-gzip"
            : start.StartsWith(Zip) ? "application/zip"
            : start.ContainsAny(Binary) ? "application/octet-stream"
            : "text/plain; charset=utf-8";
    }

    private static bool IsTag(ReadOnlySpan<byte> text, string tag)
    {
        if (text.Length <= tag.Length)
        {
            return false;
        }

        for (var i = 0; i < tag.Length; i++)
        {
            var c = (char)text[i];
            if (c != tag[i] && char.ToUpperInvariant(c) != tag[i])
            {
                return false;
            }
        }

        return tag == "<!--" || text[tag.Length] is (byte)' ' or (byte)'>';
    }
}
