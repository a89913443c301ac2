using System.Text.Json;

namespace LlmDapr.Generation.Attempts;

/// <summary>A provider's plain body.</summary>
internal static class AnswerBody
{
    /// <summary>The body, or null when it is larger than allowed.</summary>
    /// <exception cref="IOException">The body was cut short.</exception>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(Stream content, int limit, CancellationToken cancellationToken)
    {
        var body = new MemoryStream();
        var chunk = new byte[16 * 1024];
        while (await content.ReadAsync(chunk, cancellationToken) is var count and > 0)
        {
            if (body.Length + count > limit)
            {
                return null;
            }

            body.Write(chunk, 0, count);
        }

        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    /// <summary>Whether this is one whole JSON object: an answer that was cut without breaking HTTP's rules, or an error page, is not.</summary>
    public static bool IsJsonObject(ReadOnlyMemory<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { MaxDepth = 256 });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
