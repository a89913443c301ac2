namespace LlmDapr.Dapr.Conformance.Wire;

/// <summary>Header lines in wire order.</summary>
public sealed class HeaderList : List<KeyValuePair<string, string>>
{
    /// <summary>The first value of a name, or null.</summary>
    public string? First(string name)
    {
        foreach (var (key, value) in this)
        {
            if (string.Equals(key, name, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>Whether a list header has a member.</summary>
    public bool Has(string name, string member) =>
        First(name)?.Split(',').Any(part => string.Equals(part.Trim(), member, StringComparison.OrdinalIgnoreCase)) == true;
}
