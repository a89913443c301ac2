using System.IO.Pipelines;
using System.Text.Json;
using LlmDapr.Contracts;
using LlmDapr.Contracts.Hop;

namespace LlmDapr.Generation.Hop;

/// <summary>Writes a hop answer, see <see cref="HopFormat"/>. Not thread-safe: one writer at a time.</summary>
internal sealed class HopAnswer(HttpResponse response)
{
    private static readonly byte[] BeatBytes = HopFormat.Beat.ToArray();
    private readonly PipeWriter _pipe = response.BodyWriter;

    /// <summary>Says that the request is taken. When this returns true, the byte is on its way and a paid call may start; false when nobody is there any more.</summary>
    public async Task<bool> TakeAsync()
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = HopFormat.ContentType;
        return !(await _pipe.WriteAsync(BeatBytes, CancellationToken.None)).IsCompleted;
    }

    /// <summary>Keeps the path alive. Not cancelled: a running call is, and that is what is waited for.</summary>
    public async Task BeatAsync() => await _pipe.WriteAsync(BeatBytes, CancellationToken.None);

    /// <summary>Writes the head line, which commits; it is sent together with what follows.</summary>
    public void Commit(HopHead head)
    {
        using (var json = new Utf8JsonWriter(_pipe))
        {
            JsonSerializer.Serialize(json, head, ContractsJsonContext.Default.HopHead);
        }

        HopFormat.Beat.CopyTo(_pipe.GetSpan(1));
        _pipe.Advance(1);
    }

    /// <summary>Writes parts of the body and sends what has been written.</summary>
    public async Task SendAsync(IReadOnlyList<ReadOnlyMemory<byte>> parts, CancellationToken cancellationToken)
    {
        if (parts.Count > 0)
        {
            for (var i = 0; i < parts.Count - 1; i++)
            {
                Write(parts[i].Span);
            }

            await _pipe.WriteAsync(parts[^1], cancellationToken);
        }
        else
        {
            await _pipe.FlushAsync(cancellationToken);
        }
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_pipe.GetSpan(bytes.Length));
        _pipe.Advance(bytes.Length);
    }
}
