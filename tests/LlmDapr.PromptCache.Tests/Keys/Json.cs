using System.Globalization;
using System.Numerics;
using System.Text;

namespace LlmDapr.PromptCache.Tests.Keys;

/// <summary>A JSON value that can be spelt in many ways, and that says by itself, slowly and plainly, when it equals another.</summary>
public abstract record Json
{
    /// <summary>The same text for the same value only.</summary>
    public abstract string Meaning { get; }

    /// <summary>One of its spellings.</summary>
    public string Spell(Random how)
    {
        var text = new StringBuilder();
        Write(text, how);
        return text.ToString();
    }

    /// <summary>Writes one of its spellings.</summary>
    internal abstract void Write(StringBuilder text, Random how);

    internal static void Space(StringBuilder text, Random how) => text.Append(how.Next(6) switch { 0 => " ", 1 => "\n", 2 => "\t\r ", _ => "" });

    /// <summary>An object; members of one name keep their order among each other.</summary>
    public sealed record Object(IReadOnlyList<(string Name, Json Value)> Members) : Json
    {
        public override string Meaning =>
            $"{{{string.Concat(Members.OrderBy(member => member.Name, StringComparer.Ordinal).Select(member => $"{new Text(member.Name).Meaning}:{member.Value.Meaning},"))}}}";

        internal override void Write(StringBuilder text, Random how)
        {
            text.Append('{');
            var waiting = Members.GroupBy(member => member.Name, StringComparer.Ordinal).Select(group => new Queue<(string, Json)>(group)).ToList();
            var first = true;
            while (waiting.Count > 0)
            {
                var next = waiting[how.Next(waiting.Count)];
                var (name, value) = next.Dequeue();
                if (next.Count == 0)
                {
                    waiting.Remove(next);
                }

                text.Append(first ? "" : ",");
                first = false;
                Space(text, how);
                new Text(name).Write(text, how);
                Space(text, how);
                text.Append(':');
                Space(text, how);
                value.Write(text, how);
                Space(text, how);
            }

            text.Append('}');
        }
    }

    /// <summary>An array.</summary>
    public sealed record Array(IReadOnlyList<Json> Items) : Json
    {
        public override string Meaning => $"[{string.Concat(Items.Select(item => $"{item.Meaning},"))}]";

        internal override void Write(StringBuilder text, Random how)
        {
            text.Append('[');
            for (var i = 0; i < Items.Count; i++)
            {
                text.Append(i == 0 ? "" : ",");
                Space(text, how);
                Items[i].Write(text, how);
                Space(text, how);
            }

            text.Append(']');
        }
    }

    /// <summary>A string: any UTF-16, halves of pairs too.</summary>
    public sealed record Text(string Value) : Json
    {
        public override string Meaning => $"\"{string.Concat(Value.Select(unit => ((int)unit).ToString("x4", CultureInfo.InvariantCulture)))}\"";

        internal override void Write(StringBuilder text, Random how)
        {
            text.Append('"');
            for (var i = 0; i < Value.Length; i++)
            {
                var unit = Value[i];
                if (char.IsHighSurrogate(unit) && i + 1 < Value.Length && char.IsLowSurrogate(Value[i + 1]))
                {
                    if (how.Next(2) == 0)
                    {
                        text.Append(unit).Append(Value[++i]);
                    }
                    else
                    {
                        Escape(text, unit, how);
                        Escape(text, Value[++i], how);
                    }
                }
                else if (char.IsSurrogate(unit))
                {
                    Escape(text, unit, how);
                }
                else if ("\"\\/\b\f\n\r\t".IndexOf(unit, StringComparison.Ordinal) is >= 0 and var special && how.Next(2) == 0)
                {
                    text.Append('\\').Append("\"\\/bfnrt"[special]);
                }
                else if (unit < ' ' || unit is '"' or '\\' || how.Next(4) == 0)
                {
                    Escape(text, unit, how);
                }
                else
                {
                    text.Append(unit);
                }
            }

            text.Append('"');
        }

        private static void Escape(StringBuilder text, char unit, Random how) =>
            text.Append("\\u").Append(((int)unit).ToString(how.Next(2) == 0 ? "x4" : "X4", CultureInfo.InvariantCulture));
    }

    /// <summary>A number: digits times a power of ten.</summary>
    public sealed record Number(BigInteger Digits, int Exponent) : Json
    {
        public override string Meaning
        {
            get
            {
                var (digits, exponent) = (Digits, Exponent);
                while (!digits.IsZero && digits % 10 == 0)
                {
                    (digits, exponent) = (digits / 10, exponent + 1);
                }

                return digits.IsZero ? "0" : string.Create(CultureInfo.InvariantCulture, $"{digits}e{exponent}");
            }
        }

        internal override void Write(StringBuilder text, Random how)
        {
            // Its digits with some more zeros, a point somewhere in them, and the exponent that makes up for both.
            var zeros = how.Next(3);
            var digits = BigInteger.Abs(Digits).ToString(CultureInfo.InvariantCulture) + new string('0', zeros);
            var behind = how.Next(digits.Length + 2);
            digits = digits.PadLeft(behind + 1, '0');
            var exponent = Exponent - zeros + behind;
            text.Append(Digits.Sign < 0 || (Digits.IsZero && how.Next(2) == 0) ? "-" : "");
            var whole = digits[..^behind].TrimStart('0');
            text.Append(whole.Length == 0 ? "0" : whole);
            text.Append(behind == 0 ? "" : $".{digits[^behind..]}");
            if (exponent != 0 || how.Next(3) == 0)
            {
                text.Append(how.Next(2) == 0 ? 'e' : 'E').Append(exponent < 0 ? "-" : how.Next(2) == 0 ? "+" : "").Append(how.Next(3) == 0 ? "0" : "").Append(Math.Abs(exponent));
            }
        }
    }

    /// <summary><c>true</c>, <c>false</c> or <c>null</c>.</summary>
    public sealed record Word(string Value) : Json
    {
        public override string Meaning => Value;

        internal override void Write(StringBuilder text, Random how) => text.Append(Value);
    }
}
