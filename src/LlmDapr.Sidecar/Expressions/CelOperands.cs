namespace LlmDapr.Sidecar.Expressions;

/// <summary>Takes a CEL expression apart at its outermost logical operators. The text must be known to compile.</summary>
internal static class CelOperands
{
    /// <summary>The operands of <c>||</c> or <c>&amp;&amp;</c>; just the text itself where there is no such operator outside brackets and quotes.</summary>
    public static IReadOnlyList<string> Split(string text, string @operator)
    {
        var operands = new List<string>();
        var (from, depth) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '"' or '\'':
                    i = EndOfString(text, i);
                    break;
                case '(' or '[' or '{':
                    depth++;
                    break;
                case ')' or ']' or '}':
                    depth--;
                    break;
                case '?' when depth == 0:
                    // A choice binds less than any operator in it.
                    return [text];
                case var c when depth == 0 && c == @operator[0] && text.AsSpan(i).StartsWith(@operator, StringComparison.Ordinal):
                    operands.Add(text[from..i].Trim());
                    from = ++i + 1;
                    break;
            }
        }

        operands.Add(text[from..].Trim());
        return operands;
    }

    /// <summary>What stands in brackets that enclose the whole text, or null.</summary>
    public static string? Inside(string text)
    {
        if (text is not ['(', .., ')'])
        {
            return null;
        }

        var depth = 0;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '"' or '\'':
                    i = EndOfString(text, i);
                    break;
                case '(':
                    depth++;
                    break;
                case ')' when --depth == 0 && i < text.Length - 1:
                    return null;
            }
        }

        return text[1..^1].Trim();
    }

    private static int EndOfString(string text, int start)
    {
        var raw = start > 0 && text[start - 1] is 'r' or 'R';
        var quote = text.AsSpan(start, 1);
        if (start + 2 < text.Length && text[start + 1] == text[start] && text[start + 2] == text[start])
        {
            quote = text.AsSpan(start, 3);
        }

        var i = start + quote.Length;
        while (i < text.Length && !text.AsSpan(i).StartsWith(quote, StringComparison.Ordinal))
        {
            i += text[i] == '\\' && !raw ? 2 : 1;
        }

        return i + quote.Length - 1;
    }
}
