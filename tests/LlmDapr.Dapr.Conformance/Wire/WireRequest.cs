using System.Globalization;
using System.Text;

namespace LlmDapr.Dapr.Conformance.Wire;

/// <summary>A request as it is to be written.</summary>
/// <param name="Method">The verb, verbatim.</param>
/// <param name="Target">The request target, verbatim.</param>
/// <param name="Headers">Header lines, after Host.</param>
/// <param name="Framing">length, chunked or none.</param>
/// <param name="Body">The body.</param>
public sealed record WireRequest(string Method, string Target, HeaderList Headers, string Framing = "none", byte[]? Body = null)
{
    /// <summary>A GET without further headers.</summary>
    public static WireRequest Get(string target) => new("GET", target, []);

    /// <summary>Head and body as bytes. One char of the head is one byte.</summary>
    public (byte[] Head, byte[] Body) Write()
    {
        var head = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{Method} {Target} HTTP/1.1\r\nHost: localhost\r\n");
        foreach (var (name, value) in Headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        var body = Body ?? [];
        if (Framing == "length")
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n");
        }
        else if (Framing == "chunked")
        {
            head.Append("Transfer-Encoding: chunked\r\n");
            body = Chunk(body);
        }

        return (Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), body);
    }

    private static byte[] Chunk(byte[] body)
    {
        const int Piece = 64 * 1024;
        using var chunked = new MemoryStream(body.Length + 64);
        for (var start = 0; start < body.Length; start += Piece)
        {
            var length = Math.Min(Piece, body.Length - start);
            chunked.Write(Encoding.ASCII.GetBytes($"{length:x}\r\n"));
            chunked.Write(body, start, length);
            chunked.Write("\r\n"u8);
        }

        chunked.Write("0\r\n\r\n"u8);
        return chunked.ToArray();
    }
}
