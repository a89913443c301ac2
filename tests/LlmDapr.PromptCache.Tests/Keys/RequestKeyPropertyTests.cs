using System.Text;
using CsCheck;
using LlmDapr.Contracts.Requests;
using LlmDapr.PromptCache.Keys;

namespace LlmDapr.PromptCache.Tests.Keys;

public sealed class RequestKeyPropertyTests
{
    private const int Samples = 4_000;

    [Fact]
    public void Of_SameValueSpeltTwice_OneKey() =>
        Gen.Select(JsonGen.Body, Gen.Int, Gen.Int).Sample((body, one, other) => KeyOf(body.Spell(new Random(one))) == KeyOf(body.Spell(new Random(other))), iter: Samples);

    [Fact]
    public void Of_TwoValues_OneKeyOnlyWhenEqual() =>
        Gen.Select(JsonGen.Pair, Gen.Int).Sample(
            (pair, how) => (KeyOf(pair.Item1.Spell(new Random(how))) == KeyOf(pair.Item2.Spell(new Random(how + 1)))) == (pair.Item1.Meaning == pair.Item2.Meaning),
            iter: Samples);

    [Fact]
    public void Of_UnknownFieldAdded_OtherKey() =>
        Gen.Select(JsonGen.Body, JsonGen.Value, Gen.Int).Sample(
            (body, value, how) =>
            {
                var with = new Json.Object([.. ((Json.Object)body).Members, ("x_unknown", value)]);
                return KeyOf(body.Spell(new Random(how))) != KeyOf(with.Spell(new Random(how)));
            },
            iter: Samples / 4);

    [Fact]
    public void Of_IgnoredFieldsOfAnyValue_SameKey() =>
        Gen.Select(JsonGen.Body, JsonGen.Value, Gen.OneOf("stream", "stream_options", "user", "metadata", "store", "safety_identifier", "prompt_cache_key", "prompt_cache_retention"), Gen.Int).Sample(
            (body, value, name, how) =>
            {
                var with = new Json.Object([(name, value), .. ((Json.Object)body).Members]);
                return KeyOf(body.Spell(new Random(how))) == KeyOf(with.Spell(new Random(how)));
            },
            iter: Samples / 4);

    private static CacheKey KeyOf(string body) => RequestKey.Of(RequestKind.ChatCompletion, Encoding.UTF8.GetBytes(body), "tenant", "model").Key;
}
