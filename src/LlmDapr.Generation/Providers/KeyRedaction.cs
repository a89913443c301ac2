using System.Text;
using System.Text.RegularExpressions;

namespace LlmDapr.Generation.Providers;

/// <summary>Takes the operator's key out of what a provider says: some repeat it, whole or with stars, when they refuse it.</summary>
internal sealed partial class KeyRedaction(string? key)
{
    private const string Replacement = "[redacted]";

    // A key of a few characters is no secret, and replacing it would tear words apart.
    private readonly string? _key = key is { Length: >= 8 } ? key : null;

    public ReadOnlyMemory<byte> Apply(ReadOnlyMemory<byte> body)
    {
        if (_key is null)
        {
            return body;
        }

        var text = Encoding.UTF8.GetString(body.Span);
        var redacted = Masked().Replace(text.Replace(_key, Replacement, StringComparison.Ordinal), Replacement);
        return ReferenceEquals(redacted, text) || redacted == text ? body : Encoding.UTF8.GetBytes(redacted);
    }

    [GeneratedRegex(@"[A-Za-z0-9_\-]{0,16}\*{3,}[A-Za-z0-9_\-]{0,8}")]
    private static partial Regex Masked();
}
