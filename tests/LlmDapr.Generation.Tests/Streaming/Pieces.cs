namespace LlmDapr.Generation.Tests.Streaming;

/// <summary>A stream that hands its bytes out in pieces of given lengths, as a network does.</summary>
internal sealed class Pieces(byte[] bytes, int[] lengths) : MemoryStream(bytes)
{
    private int _piece;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await Task.Yield();
        var most = lengths.Length == 0 ? buffer.Length : Math.Min(buffer.Length, lengths[_piece++ % lengths.Length]);
        return await base.ReadAsync(buffer[..most], cancellationToken);
    }
}
