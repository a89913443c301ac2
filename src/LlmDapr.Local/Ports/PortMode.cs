namespace LlmDapr.Local.Ports;

/// <summary>Where the ports of a run come from.</summary>
internal enum PortMode
{
    /// <summary>The run file's; free ones where it names none.</summary>
    Declared,

    /// <summary>Free ones everywhere.</summary>
    Free,
}
