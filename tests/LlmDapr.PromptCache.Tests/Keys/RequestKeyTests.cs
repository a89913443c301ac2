using System.Text;
using LlmDapr.Contracts.Requests;
using LlmDapr.PromptCache.Keys;

namespace LlmDapr.PromptCache.Tests.Keys;

public sealed class RequestKeyTests
{
    [Theory]
    [InlineData("""{"n":1}""", """{"n":1.0}""")]
    [InlineData("""{"n":1}""", """{"n":1e0}""")]
    [InlineData("""{"n":100}""", """{"n":1E+2}""")]
    [InlineData("""{"n":0.001}""", """{"n":1e-3}""")]
    [InlineData("""{"n":-0.0}""", """{"n":0}""")]
    [InlineData("""{"n":0e99999999999999999999}""", """{"n":0}""")]
    [InlineData("""{"a":"\u0061\/"}""", """{"a":"a/"}""")]
    [InlineData("""{"a":"\ud83d\ude00"}""", """{"a":"😀"}""")]
    [InlineData("""{"a":"\uD800"}""", """{"a":"\ud800"}""")]
    [InlineData("""{"a":1,"b":{"d":2,"c":3}}""", """{ "b" : {"c":3, "d":2} , "a":1 }""")]
    [InlineData("""{"\u0061":1}""", """{"a":1}""")]
    [InlineData("""{"a":1,"\u0075ser":"x"}""", """{"a":1}""")]
    public void Of_SameMeaning_SameKey(string one, string other) => Assert.Equal(KeyOf(one), KeyOf(other));

    [Theory]
    [InlineData("""{"n":9007199254740993}""", """{"n":9007199254740992}""")]
    [InlineData("""{"n":1e400}""", """{"n":1e401}""")]
    [InlineData("""{"n":1e99999999999999999998}""", """{"n":1e99999999999999999999}""")]
    [InlineData("""{"n":1}""", """{"n":"1"}""")]
    [InlineData("""{"n":1}""", """{"n":-1}""")]
    [InlineData("""{"n":null}""", "{}")]
    [InlineData("""{"n":[]}""", """{"n":{}}""")]
    [InlineData("""{"n":[1,2]}""", """{"n":[2,1]}""")]
    [InlineData("""{"n":[[1],2]}""", """{"n":[1,[2]]}""")]
    [InlineData("""{"n":[12]}""", """{"n":[1,2]}""")]
    [InlineData("""{"a":1,"a":2}""", """{"a":2,"a":1}""")]
    [InlineData("""{"a":1,"a":2}""", """{"a":2}""")]
    [InlineData("""{"a":1,"a":2}""", """{"a":1}""")]
    [InlineData("""{"a":{"b":1},"a":{"c":1}}""", """{"a":{"b":1,"c":1}}""")]
    [InlineData("""{"a":"\ud800"}""", """{"a":"\ud801"}""")]
    [InlineData("""{"a":"\ud800"}""", """{"a":"\ufffd"}""")]
    [InlineData("""{"a":"\ude00\ud83d"}""", """{"a":"\ud83d\ude00"}""")]
    [InlineData("""{"a":"é"}""", """{"a":"e\u0301"}""")]
    [InlineData("""{"a":"\\u0061"}""", """{"a":"a"}""")]
    [InlineData("""{"A":1}""", """{"a":1}""")]
    [InlineData("""{"service_tier":"flex"}""", """{"service_tier":"priority"}""")]
    [InlineData("""{"messages":[{"user":"a"}]}""", """{"messages":[{"user":"b"}]}""")]
    public void Of_OtherMeaning_OtherKey(string one, string other) => Assert.NotEqual(KeyOf(one), KeyOf(other));

    [Fact]
    public void Of_OtherSpaceIdentityOrKind_OtherKey()
    {
        CacheKey[] keys =
        [
            KeyOf("{}"),
            KeyOf("{}", space: "other"),
            KeyOf("{}", identity: "other"),
            KeyOf("{}", kind: RequestKind.Embeddings),
            KeyOf("{}", space: "tenantm", identity: "odel"),
            KeyOf("{}", space: "", identity: "tenantmodel"),
            KeyOf("{}", space: "\ud800"),
            KeyOf("{}", space: "\ufffd"),
        ];
        Assert.Equal(keys.Length, keys.Distinct().Count());
    }

    [Fact]
    public void Of_EmbeddingsWithFieldsOfChat_ArePartOfTheKey()
    {
        Assert.NotEqual(KeyOf("""{"metadata":1}""", kind: RequestKind.Embeddings), KeyOf("{}", kind: RequestKind.Embeddings));
        Assert.Equal(KeyOf("""{"user":"a"}""", kind: RequestKind.Embeddings), KeyOf("{}", kind: RequestKind.Embeddings));
    }

    [Theory]
    [InlineData("""{"temperature":0}""", true)]
    [InlineData("""{"temperature":-0.0e5}""", true)]
    [InlineData("""{"t\u0065mperature":0}""", true)]
    [InlineData("""{"temperature":0.1}""", false)]
    [InlineData("""{"temperature":"0"}""", false)]
    [InlineData("""{"temperature":null}""", false)]
    [InlineData("""{"temperature":[0]}""", false)]
    [InlineData("""{"x":{"temperature":0}}""", false)]
    [InlineData("""{"temperature":0,"temperature":1}""", false)]
    [InlineData("""{"temperature":1,"seed":7,"temperature":0}""", false)]
    [InlineData("""{"seed":42}""", true)]
    [InlineData("""{"seed":42.0,"temperature":1}""", true)]
    [InlineData("""{"seed":-1e3}""", true)]
    [InlineData("""{"seed":0.5}""", false)]
    [InlineData("""{"seed":null}""", false)]
    [InlineData("""{"seed":"42"}""", false)]
    [InlineData("{}", false)]
    public void Of_TemperatureAndSeed_DecideWhetherDeterministic(string body, bool expected) =>
        Assert.Equal(expected, RequestKey.Of(RequestKind.ChatCompletion, Encoding.UTF8.GetBytes(body), "", "").IsDeterministic);

    [Fact]
    public void Of_Embeddings_AreDeterministic() => Assert.True(RequestKey.Of(RequestKind.Embeddings, "{}"u8, "", "").IsDeterministic);

    [Fact]
    public void Of_DeepAndUnsorted_SameKeyAsSorted()
    {
        var (unsorted, sorted) = (new StringBuilder("1"), new StringBuilder("1"));
        for (var depth = 0; depth < 250; depth++)
        {
            unsorted.Insert(0, "{\"b\":").Append(",\"a\":[0]}");
            sorted.Insert(0, "{\"a\":[0],\"b\":").Append('}');
        }

        Assert.Equal(KeyOf(unsorted.ToString()), KeyOf(sorted.ToString()));
    }

    [Fact]
    public void Of_ManyMembers_OrderDoesNotShow()
    {
        var names = Enumerable.Range(0, 2000).Select(i => $"\"m{i}\":{i}").ToArray();
        Assert.Equal(KeyOf($"{{{string.Join(',', names)}}}"), KeyOf($"{{{string.Join(',', names.Reverse())}}}"));
    }

    [Fact]
    public void Of_KnownRequest_KnownKey() =>

        // The form in the state store: when this changes, the key's version must.
        Assert.Equal("7ef347facf57716546e9e56693a749b4f6b3b3be7b6940d65b60edfff518c8bc", KeyOf("""{"model":"m","messages":[{"role":"user","content":"hi"}],"temperature":0}""").ToString());

    [Fact]
    public void TryParse_WhatToStringWrites_IsTheSameKey()
    {
        var key = KeyOf("{}");
        Assert.True(CacheKey.TryParse(key.ToString(), out var parsed));
        Assert.Equal(key, parsed);
        Assert.True(CacheKey.TryParse(key.ToString().ToUpperInvariant(), out _));
        Assert.False(CacheKey.TryParse(key.ToString().AsSpan(1), out _));
        Assert.False(CacheKey.TryParse($"{key}"[..63] + "g", out _));
        Assert.False(CacheKey.TryParse("", out _));
    }

    private static CacheKey KeyOf(string body, RequestKind kind = RequestKind.ChatCompletion, string space = "tenant", string identity = "model") =>
        RequestKey.Of(kind, Encoding.UTF8.GetBytes(body), space, identity).Key;
}
