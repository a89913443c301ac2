using System.Buffers;
using System.Text.Json;
using LlmDapr.Contracts.Requests;
using Microsoft.ML.Tokenizers;

namespace LlmDapr.Generation.Scheduling;

/// <summary>
/// Estimates what a request will cost, cheaply: short texts are counted as <c>o200k_base</c> does, of long ones a sample. The vocabulary is read in the
/// background; until it is there, four characters are a token. Thread-safe.
/// </summary>
internal sealed class TokenEstimator
{
    // Of each text, and of all texts together: a long prompt is alike throughout, and a few thousand characters take well below a millisecond.
    private const int SampleOfText = 1024;
    private const int Sample = 4096;
    private const double CharactersPerToken = 4;
    private const int TokensPerMessage = 4;
    private const int TokensPerImage = 765;

    private Tokenizer? _tokenizer;

    public TokenEstimator() => Ready = Task.Run(() => Volatile.Write(ref _tokenizer, TiktokenTokenizer.CreateForEncoding("o200k_base")));

    /// <summary>Ends when the vocabulary is there.</summary>
    public Task Ready { get; }

    /// <summary>The estimate. What is not valid JSON costs nothing: the provider will say so.</summary>
    public TokenEstimate Estimate(RequestKind kind, RequestEnvelope request)
    {
        var texts = new PromptTexts(new char[Math.Min(Sample, request.Body.Length)]);
        int? bound = null;
        try
        {
            var reader = new Utf8JsonReader(request.Body.Span, new JsonReaderOptions { MaxDepth = 256 });
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isBound = reader.ValueTextEquals("max_completion_tokens"u8) || reader.ValueTextEquals("max_tokens"u8);
                var isPrompt = reader.ValueTextEquals("messages"u8) || reader.ValueTextEquals("input"u8) || reader.ValueTextEquals("tools"u8);
                reader.Read();
                if (isBound && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var most) && most >= 0)
                {
                    bound = Math.Max(bound ?? 0, most);
                }
                else if (isPrompt)
                {
                    texts.Read(ref reader);
                    continue;
                }

                reader.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // What was read so far will do.
        }

        var prompt = (int)Math.Min(int.MaxValue / 2, CountOf(texts) + texts.Numbers + (TokensPerMessage * (long)texts.Messages) + (TokensPerImage * (long)texts.Images));
        return new TokenEstimate(prompt, kind == RequestKind.Embeddings ? 0 : (int?)Math.Min(int.MaxValue / 2, (long?)bound * request.Choices ?? -1) is { } completion and >= 0 ? completion : null);
    }

    private long CountOf(in PromptTexts texts)
    {
        if (texts.Sampled.IsEmpty)
        {
            return 0;
        }

        var ratio = Volatile.Read(ref _tokenizer) is { } tokenizer ? (double)tokenizer.CountTokens(texts.Sampled) / texts.Sampled.Length : 1 / CharactersPerToken;
        return (long)Math.Ceiling(ratio * texts.Characters);
    }

    /// <summary>Collects the texts of a prompt.</summary>
    private struct PromptTexts(char[] sample)
    {
        private int _sampled;

        public long Characters { get; private set; }

        public int Messages { get; private set; }

        public int Images { get; private set; }

        public long Numbers { get; private set; }

        public readonly ReadOnlySpan<char> Sampled => sample.AsSpan(0, _sampled);

        public void Read(ref Utf8JsonReader reader)
        {
            var depth = reader.CurrentDepth;
            var isSchema = false;
            do
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.String:
                        Add(ref reader);
                        break;
                    case JsonTokenType.Number:
                        // A prompt that was made tokens already.
                        Numbers++;
                        break;
                    case JsonTokenType.PropertyName when reader.ValueTextEquals("role"u8):
                        Messages++;
                        reader.Read();
                        break;
                    case JsonTokenType.PropertyName when reader.ValueTextEquals("parameters"u8):
                        isSchema = true;
                        break;
                    case JsonTokenType.PropertyName when isSchema:
                        Characters += reader.ValueSpan.Length;
                        break;
                }
            }
            while (!(reader.CurrentDepth == depth && reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject or JsonTokenType.PropertyName)) && reader.Read());
        }

        private void Add(ref Utf8JsonReader reader)
        {
            // An image or a sound is not read letter by letter.
            if (reader.ValueSpan.StartsWith("data:"u8) || reader.ValueSpan.StartsWith("http"u8) && reader.ValueSpan.IndexOf((byte)' ') < 0)
            {
                Images++;
                return;
            }

            var buffer = ArrayPool<char>.Shared.Rent(Math.Max(1, reader.ValueSpan.Length));
            try
            {
                var length = reader.CopyString(buffer);
                Characters += length;
                var taken = Math.Min(Math.Min(length, SampleOfText), sample.Length - _sampled);

                // From the middle: beginnings are often alike and short-worded.
                buffer.AsSpan((length - taken) / 2, taken).CopyTo(sample.AsSpan(_sampled));
                _sampled += taken;
            }
            finally
            {
                ArrayPool<char>.Shared.Return(buffer);
            }
        }
    }
}
