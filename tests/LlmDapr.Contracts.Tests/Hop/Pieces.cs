using System.IO.Pipelines;
using System.Text;

namespace LlmDapr.Contracts.Tests.Hop;

/// <summary>A stream that hands its bytes out in pieces of given lengths, as a network does.</summary>
internal sealed class Pieces(byte[] bytes, int[] lengths) : MemoryStream(bytes)
{
    private int _piece;

    public static PipeReader Reader(string text, params int[] lengths) => PipeReader.Create(new Pieces(Encoding.UTF8.GetBytes(text), lengths));

    public static async Task<string> RestAsync(PipeReader pipe)
    {
        var rest = new MemoryStream();
        await pipe.CopyToAsync(rest, CancellationToken.None);
        return Encoding.UTF8.GetString(rest.ToArray());
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        var most = lengths.Length == 0 ? buffer.Length : Math.Min(buffer.Length, lengths[_piece++ % lengths.Length]);
        return await base.ReadAsync(buffer[..most], cancellationToken);
    }
}
