using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace LlmDapr.Generation.Tests.Hosting;

/// <summary>Holds the first write of each answer to a POST until the test says what becomes of it.</summary>
internal sealed class HeldWriterFilter : IStartupFilter
{
    private readonly TaskCompletionSource<string> _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<string> Written => _written.Task;

    public TaskCompletionSource<FlushResult> Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((HttpContext context, RequestDelegate following) =>
        {
            if (HttpMethods.IsPost(context.Request.Method))
            {
                var inner = context.Features.Get<IHttpResponseBodyFeature>()!;
                context.Features.Set<IHttpResponseBodyFeature>(new HeldBody(inner, this));
            }

            return following(context);
        });
        next(app);
    };

    private sealed class HeldBody(IHttpResponseBodyFeature inner, HeldWriterFilter owner) : IHttpResponseBodyFeature
    {
        public Stream Stream => inner.Stream;

        public PipeWriter Writer { get; } = new HeldWriter(inner.Writer, owner);

        public void DisableBuffering() => inner.DisableBuffering();

        public Task StartAsync(CancellationToken cancellationToken = default) => inner.StartAsync(cancellationToken);

        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task CompleteAsync() => inner.CompleteAsync();
    }

    private sealed class HeldWriter(PipeWriter inner, HeldWriterFilter owner) : PipeWriter
    {
        private bool _first = true;

        public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

        public override long UnflushedBytes => inner.UnflushedBytes;

        public override async ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
        {
            if (!_first)
            {
                return await inner.WriteAsync(source, cancellationToken);
            }

            _first = false;
            owner._written.TrySetResult(Encoding.UTF8.GetString(source.Span));
            var result = await owner.Release.Task;
            await inner.WriteAsync(source, cancellationToken);
            return result;
        }

        public override void Advance(int bytes) => inner.Advance(bytes);

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);
    }
}
