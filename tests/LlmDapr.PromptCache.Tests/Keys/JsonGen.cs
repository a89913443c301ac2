using System.Numerics;
using CsCheck;

namespace LlmDapr.PromptCache.Tests.Keys;

/// <summary>JSON values out of few names, numbers and characters, so that values that are almost equal come often.</summary>
internal static class JsonGen
{
    private static readonly Gen<char> Unit = Gen.OneOf(
        Gen.Char['a', 'c'],
        Gen.OneOf('"', '\\', '/', '\n', '\t', '\0', '\u001f', '\u007f', 'é', 'ä', '\u2028', '\ufeff', '\uffff', '\ud83d', '\ude00', '\ud800', '\udfff', '{', '}', 'k', 's', 'n', '0'));

    public static readonly Gen<string> Text = Unit.Array[0, 4].Select(units => new string(units));

    public static readonly Gen<Json> Number = Gen.OneOf(
        Gen.Select(Gen.Int[-12, 12], Gen.Int[-3, 3], (digits, exponent) => (Json)new Json.Number(digits, exponent)),
        Gen.Select(Gen.Int[0, 3], Gen.OneOf(0, 1, -400, 400, 99999), (last, exponent) => (Json)new Json.Number((BigInteger)9007199254740990 + last, exponent)),
        Gen.Int[0, 3].Select(last => (Json)new Json.Number(BigInteger.Pow(10, 60) + last, 0)));

    private static readonly Gen<Json> Leaf = Gen.OneOf(
        Text.Select(text => (Json)new Json.Text(text)),
        Number,
        Gen.OneOf("true", "false", "null").Select(word => (Json)new Json.Word(word)));

    public static readonly Gen<Json> Value = Of(3);

    /// <summary>An object, its members often of one name.</summary>
    public static readonly Gen<Json> Body = ObjectOf(Value, 24);

    /// <summary>Two that are equal or almost so.</summary>
    public static readonly Gen<(Json, Json)> Pair = Gen.Select(Body, Body, Gen.Int, (one, other, seed) => new Random(seed) is var how && how.Next(8) == 0 ? (one, other) : (one, Change(one, how)));

    private static Gen<Json> Of(int depth) => depth == 0
        ? Leaf
        : Gen.Frequency((2, Leaf), (1, Of(depth - 1).Array[0, 4].Select(items => (Json)new Json.Array(items))), (2, ObjectOf(Of(depth - 1), 5)));

    private static Gen<Json> ObjectOf(Gen<Json> value, int most) =>
        Gen.Select(Text, value, (name, member) => (name, member)).Array[0, most].Select(members => (Json)new Json.Object(members));

    // One place of the value is changed, or none.
    private static Json Change(Json value, Random how) => value switch
    {
        Json.Object { Members.Count: > 0 } it when how.Next(4) > 0 => how.Next(5) switch
        {
            0 => new Json.Object([.. it.Members.Skip(1)]),
            1 => new Json.Object([.. it.Members, it.Members[how.Next(it.Members.Count)]]),
            2 => new Json.Object([.. it.Members.Reverse()]),
            3 => new Json.Object([.. it.Members.Select((member, i) => i == 0 ? (member.Name + "a", member.Value) : member)]),
            _ => how.Next(it.Members.Count) is var at ? new Json.Object([.. it.Members.Select((member, i) => i == at ? (member.Name, Change(member.Value, how)) : member)]) : it,
        },
        Json.Array { Items.Count: > 0 } it => how.Next(3) switch
        {
            0 => new Json.Array([.. it.Items.Reverse()]),
            1 => new Json.Array([.. it.Items.Skip(1)]),
            _ => how.Next(it.Items.Count) is var at ? new Json.Array([.. it.Items.Select((item, i) => i == at ? Change(item, how) : item)]) : it,
        },
        Json.Number it => how.Next(3) switch
        {
            0 => new Json.Number(it.Digits + 1, it.Exponent),
            1 => new Json.Number(it.Digits * 10, it.Exponent - 1),
            _ => new Json.Text(it.Meaning),
        },
        Json.Text it => how.Next(3) switch { 0 => new Json.Text(it.Value + "\0"), 1 => new Json.Text(it.Value.ToUpperInvariant()), _ => new Json.Array([it]) },
        Json.Word => how.Next(2) == 0 ? new Json.Word("null") : value,
        _ => value,
    };
}
