namespace LlmDapr.Contracts.Hop;

/// <summary>
/// The framing of generation's answer to edge. Its HTTP status is always 200 once generation has taken the request, since daprd repeats
/// requests whose answer has not begun, counts every non-2xx in its breaker and hides a cut body behind a clean end:
/// <code>
/// \n                    the request is taken: from here on Dapr repeats nothing, and only now may a paid call start
/// \n …                  the path is kept alive while waiting (every <see cref="BeatInterval"/>)
/// {"status":200, …}\n   the head (<see cref="HopHead"/>): what the caller is to see, and the commit point
/// body                  "length" bytes of it, or a stream that is complete only when it ends with <see cref="Done"/>
/// </code>
/// </summary>
public static class HopFormat
{
    /// <summary>The answer's media type.</summary>
    public const string ContentType = "application/x-llmdapr-hop";

    /// <summary>The longest head line that edge reads, bytes. Provider headers are an allow-list, so a head is a few hundred bytes.</summary>
    public const int MaxHeadBytes = 64 * 1024;

    /// <summary>How often generation writes a line feed while nothing else is to be said.</summary>
    public static readonly TimeSpan BeatInterval = TimeSpan.FromSeconds(15);

    /// <summary>One line feed.</summary>
    public static ReadOnlySpan<byte> Beat => "\n"u8;

    /// <summary>The last event of every complete stream, and of no other.</summary>
    public static ReadOnlySpan<byte> Done => "data: [DONE]\n\n"u8;

    /// <summary>An event of a stream that carries this text; text of several lines has several <c>data</c> fields, as the standard wants it.</summary>
    public static byte[] Event(ReadOnlySpan<byte> data)
    {
        var field = "data: "u8;
        var bytes = new byte[(field.Length * (1 + data.Count((byte)'\n'))) + data.Length + 2];
        var written = 0;
        foreach (var line in data.Split((byte)'\n'))
        {
            field.CopyTo(bytes.AsSpan(written));
            data[line].CopyTo(bytes.AsSpan(written + field.Length));
            written += field.Length + data[line].Length;
            bytes[written++] = (byte)'\n';
        }

        bytes[written] = (byte)'\n';
        return bytes;
    }
}
