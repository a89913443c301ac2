using System.Text;

namespace LlmDapr.Dapr.Conformance.Wire;

/// <summary>An answer as it came over the socket.</summary>
/// <param name="Status">The status, or 0 when no head came.</param>
/// <param name="Headers">Header lines in wire order.</param>
/// <param name="Body">The body.</param>
/// <param name="Framing">length, chunked, close or none.</param>
/// <param name="Clean">Whether it ended as its framing demands.</param>
/// <param name="Chunks">Pieces of the body and when they came.</param>
/// <param name="HeadMs">When the head was complete.</param>
/// <param name="TotalMs">When the answer was.</param>
public sealed record WireAnswer(
    int Status, HeaderList Headers, byte[] Body, string Framing, bool Clean, IReadOnlyList<WireChunk> Chunks, double HeadMs, double TotalMs)
{
    /// <summary>The body, one char a byte where it is not UTF-8.</summary>
    public string BodyText
    {
        get
        {
            var text = Encoding.UTF8.GetString(Body);
            return text.Contains('�', StringComparison.Ordinal) ? Encoding.Latin1.GetString(Body) : text;
        }
    }
}
