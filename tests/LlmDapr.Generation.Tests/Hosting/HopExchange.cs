using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using LlmDapr.Contracts.Hop;

namespace LlmDapr.Generation.Tests.Hosting;

/// <summary>An answer of the hop, read piece by piece. Disposing it before its end is a caller who leaves.</summary>
internal sealed class HopExchange : IDisposable
{
    private readonly PipeReader _pipe;

    private HopExchange(HttpResponseMessage response, PipeReader pipe)
    {
        Response = response;
        _pipe = pipe;
    }

    public HttpResponseMessage Response { get; }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<HopExchange> OfAsync(HttpResponseMessage response) =>
        new(response, PipeReader.Create(await response.Content.ReadAsStreamAsync(Cancelled)));

    /// <summary>Waits for one line feed and takes it.</summary>
    public async Task BeatAsync()
    {
        var read = await _pipe.ReadAtLeastAsync(1, Cancelled);
        Assert.Equal((byte)'\n', read.Buffer.FirstSpan[0]);
        _pipe.AdvanceTo(read.Buffer.GetPosition(1));
    }

    public async Task<HopHead> HeadAsync()
    {
        var head = await HopReader.ReadHeadAsync(_pipe, Cancelled);
        Assert.NotNull(head);
        return head;
    }

    /// <summary>Waits for one event of a stream.</summary>
    public async Task<string> EventAsync()
    {
        while (true)
        {
            var read = await _pipe.ReadAsync(Cancelled);
            var text = Encoding.UTF8.GetString(read.Buffer);
            var end = text.IndexOf("\n\n", StringComparison.Ordinal);
            if (end >= 0)
            {
                _pipe.AdvanceTo(read.Buffer.GetPosition(Encoding.UTF8.GetByteCount(text.AsSpan(0, end + 2))));
                return text[..end];
            }

            Assert.False(read.IsCompleted, $"The stream ended after: {text}");
            _pipe.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>The rest up to a clean end.</summary>
    public async Task<byte[]> RestAsync()
    {
        using var rest = new MemoryStream();
        await _pipe.CopyToAsync(rest, Cancelled);
        return rest.ToArray();
    }

    /// <summary>Head and body of a whole answer.</summary>
    public async Task<(HopHead Head, string Body)> ReadAsync()
    {
        var head = await HeadAsync();
        var rest = await RestAsync();
        Assert.True(head.Length is null || head.Length == rest.Length, "The length is not that of the body.");
        return (head, Encoding.UTF8.GetString(rest));
    }

    /// <summary>Status and error of an answer that is none.</summary>
    public async Task<(int Status, string? Type, string? Code, string? Param, string Message)> ErrorAsync()
    {
        var (head, body) = await ReadAsync();
        Assert.Contains(head.Headers, header => header is ["content-type", "application/json"]);
        using var json = JsonDocument.Parse(body);
        var error = json.RootElement.GetProperty("error");
        return (head.Status, error.GetProperty("type").GetString(), error.GetProperty("code").GetString(), error.GetProperty("param").GetString(), error.GetProperty("message").GetString()!);
    }

    public void Dispose() => Response.Dispose();
}
