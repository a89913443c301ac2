namespace LlmDapr.Local.RunFile;

/// <summary>What a key of the run file may hold.</summary>
internal enum SettingKind
{
    /// <summary>Any scalar.</summary>
    Text,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Flag,

    /// <summary>A TCP port; 0 and below mean "not set", as for the Dapr CLI.</summary>
    Port,

    /// <summary><c>file</c>, <c>console</c> or <c>fileAndConsole</c>.</summary>
    LogDestination,

    /// <summary>A list of scalars.</summary>
    List,

    /// <summary>A map of scalars.</summary>
    Map,
}
