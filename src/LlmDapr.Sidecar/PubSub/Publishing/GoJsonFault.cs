using System.Text.Json;

namespace LlmDapr.Sidecar.PubSub.Publishing;

/// <summary>What is wrong with a text that should be JSON, in the words of Go's decoder.</summary>
internal static class GoJsonFault
{
    /// <summary>A document that is no object where one is needed.</summary>
    public static string NotAnObject(JsonValueKind kind) => $"json: cannot unmarshal {NameOf(kind)} into Go value of type map[string]interface {{}}";

    /// <summary>What Go calls a kind of value.</summary>
    public static string NameOf(JsonValueKind kind) => kind switch
    {
        JsonValueKind.True or JsonValueKind.False => "bool",
        JsonValueKind.Number => "number",
        JsonValueKind.String => "string",
        JsonValueKind.Array => "array",
        JsonValueKind.Object => "object",
        _ => "null",
    };

    /// <summary>The first fault of a text.</summary>
    public static string Explain(ReadOnlySpan<byte> text)
    {
        var trimmed = text.TrimStart(" \t\r\n"u8);
        if (trimmed.IsEmpty)
        {
            return "EOF";
        }

        var reader = new Scan(trimmed);
        return reader.Value() ?? "invalid character after top-level value";
    }

    // Each method returns the fault that it met, or null and stands behind what it read.
    private ref struct Scan(ReadOnlySpan<byte> text)
    {
        private readonly ReadOnlySpan<byte> _text = text;
        private int _at;

        public string? Value()
        {
            Skip();
            return Next() switch
            {
                '{' => Fields(),
                '[' => Items(),
                '"' => Text(),
                't' => Literal("true"),
                'f' => Literal("false"),
                'n' => Literal("null"),
                '-' or (>= '0' and <= '9') => Number(),
                _ => Fault("looking for beginning of value"),
            };
        }

        private readonly int Next() => _at < _text.Length ? _text[_at] : -1;

        private readonly string Fault(string where) => Next() switch
        {
            -1 => "unexpected EOF",
            '\'' => $"invalid character '\\'' {where}",
            '"' => $"invalid character '\"' {where}",
            < 0x20 and var control => $"invalid character '{Control(control)}' {where}",
            var other => $"invalid character '{(char)other}' {where}",
        };

        private static string Control(int code) => code switch { '\n' => "\\n", '\r' => "\\r", '\t' => "\\t", _ => $"\\x{code:x2}" };

        private void Skip()
        {
            while (Next() is ' ' or '\t' or '\r' or '\n')
            {
                _at++;
            }
        }

        private string? Fields()
        {
            _at++;
            Skip();
            if (Next() == '}')
            {
                _at++;
                return null;
            }

            while (true)
            {
                Skip();
                if (Next() != '"')
                {
                    return Fault("looking for beginning of object key string");
                }

                if (Text() is { } badName)
                {
                    return badName;
                }

                Skip();
                if (Next() != ':')
                {
                    return Fault("after object key");
                }

                _at++;
                if (Value() is { } badValue)
                {
                    return badValue;
                }

                if (Ends('}', "after object key:value pair") is var (ended, fault) && (ended || fault is not null))
                {
                    return fault;
                }
            }
        }

        private string? Items()
        {
            _at++;
            Skip();
            if (Next() == ']')
            {
                _at++;
                return null;
            }

            while (true)
            {
                if (Value() is { } badValue)
                {
                    return badValue;
                }

                if (Ends(']', "after array element") is var (ended, fault) && (ended || fault is not null))
                {
                    return fault;
                }
            }
        }

        private (bool Ended, string? Fault) Ends(char end, string where)
        {
            Skip();
            var next = Next();
            if (next != end && next != ',')
            {
                return (false, Fault(where));
            }

            _at++;
            return (next == end, null);
        }

        private string? Text()
        {
            for (_at++; Next() != '"'; _at++)
            {
                if (Next() < 0x20)
                {
                    return Fault("in string literal");
                }

                if (Next() == '\\')
                {
                    _at++;
                    if (Next() is not ('"' or '\\' or '/' or 'b' or 'f' or 'n' or 'r' or 't' or 'u'))
                    {
                        return Fault("in string escape code");
                    }

                    for (var digits = Next() == 'u' ? 4 : 0; digits > 0; digits--)
                    {
                        _at++;
                        if (Next() < 0 || !char.IsAsciiHexDigit((char)Next()))
                        {
                            return Fault("in \\u hexadecimal character escape");
                        }
                    }
                }
            }

            _at++;
            return null;
        }

        private string? Literal(string word)
        {
            for (var i = 0; i < word.Length; i++, _at++)
            {
                if (Next() != word[i])
                {
                    return Fault($"in literal {word} (expecting '{word[i]}')");
                }
            }

            return null;
        }

        private string? Number()
        {
            if (Next() == '-')
            {
                _at++;
            }

            if (!Digits(leadingZeroEnds: true))
            {
                return Fault("in numeric literal");
            }

            if (Next() == '.')
            {
                _at++;
                if (!Digits(leadingZeroEnds: false))
                {
                    return Fault("after decimal point in numeric literal");
                }
            }

            if (Next() is 'e' or 'E')
            {
                _at++;
                if (Next() is '+' or '-')
                {
                    _at++;
                }

                if (!Digits(leadingZeroEnds: false))
                {
                    return Fault("in exponent of numeric literal");
                }
            }

            return null;
        }

        private bool Digits(bool leadingZeroEnds)
        {
            var start = _at;
            if (leadingZeroEnds && Next() == '0')
            {
                _at++;
                return true;
            }

            while (Next() is >= '0' and <= '9')
            {
                _at++;
            }

            return _at > start;
        }
    }
}
