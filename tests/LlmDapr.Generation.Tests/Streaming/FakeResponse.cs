using System.ClientModel.Primitives;

namespace LlmDapr.Generation.Tests.Streaming;

/// <summary>A provider's answer whose body is a stream of the test's own.</summary>
internal sealed class FakeResponse(Stream content, int status = 200, params (string Name, string Value)[] headers) : PipelineResponse
{
    public bool IsDisposed { get; private set; }

    public override int Status => status;

    public override string ReasonPhrase => string.Empty;

    public override Stream? ContentStream { get; set; } = content;

    public override BinaryData Content => throw new NotSupportedException();

    protected override PipelineResponseHeaders HeadersCore { get; } = new FakeHeaders(headers);

    public override BinaryData BufferContent(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public override ValueTask<BinaryData> BufferContentAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public override void Dispose() => IsDisposed = true;

    private sealed class FakeHeaders((string Name, string Value)[] headers) : PipelineResponseHeaders
    {
        public override IEnumerator<KeyValuePair<string, string>> GetEnumerator() =>
            headers.Select(header => new KeyValuePair<string, string>(header.Name, header.Value)).GetEnumerator();

        public override bool TryGetValue(string name, out string? value)
        {
            value = headers.FirstOrDefault(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
            return value is not null;
        }

        public override bool TryGetValues(string name, out IEnumerable<string>? values)
        {
            values = TryGetValue(name, out var value) ? [value!] : null;
            return values is not null;
        }
    }
}
