namespace LlmDapr.PromptCache.Tests.Flights;

/// <summary>A stream that hands its bytes out in pieces of given lengths, as a network does.</summary>
internal sealed class Pieces(byte[] bytes, int[] lengths) : MemoryStream(bytes)
{
    private int _piece;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await Task.Yield();
        return await base.ReadAsync(buffer[..Math.Min(buffer.Length, lengths[_piece++ % lengths.Length])], cancellationToken);
    }
}
