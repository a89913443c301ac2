using LlmDapr.Local.Ports;

namespace LlmDapr.Local.RunFile;

/// <summary>One app of a run file after <c>common</c> is merged in and every path is absolute.</summary>
internal sealed record AppPlan
{
    /// <summary>The Dapr app-id.</summary>
    public required string AppId { get; init; }

    /// <summary>The app-id, with <c>-2</c> and so on for further instances of one app-id: unique in the file.</summary>
    public required string Name { get; init; }

    /// <summary>Where the app stands in the run file, for messages.</summary>
    public required string At { get; init; }

    /// <summary><c>appDirPath</c>: the working directory of the command.</summary>
    public required string Directory { get; init; }

    /// <summary>The command with its arguments, empty when only a sidecar is wanted.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary><c>common.env</c>, then the app's own, which wins.</summary>
    public required IReadOnlyDictionary<string, string> Env { get; init; }

    /// <summary>The ports that the file declares; after <see cref="PortAssignment"/> the ones in use.</summary>
    public required PortSet Ports { get; init; }

    /// <summary>Folders with the sidecar's resources.</summary>
    public required IReadOnlyList<string> ResourcesPaths { get; init; }

    /// <summary>The Dapr Configuration file, or null.</summary>
    public required string? ConfigPath { get; init; }

    /// <summary>Where the app's output goes; default both.</summary>
    public required LogDestination AppLog { get; init; }

    /// <summary>Where the sidecar's output goes; default a file.</summary>
    public required LogDestination SidecarLog { get; init; }

    /// <summary>The merged scalars by key, for the sidecar's flags.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>A setting, or null when neither the app nor <c>common</c> has it.</summary>
    public string? Setting(string key) => Settings.GetValueOrDefault(key);

    /// <summary><c>appProtocol</c>; default <c>http</c>.</summary>
    public string Protocol => (Setting("appProtocol") ?? "http").ToLowerInvariant() switch
    {
        "http" when Setting("appSSL") is not null => "https",
        "grpc" when Setting("appSSL") is not null => "grpcs",
        var protocol => protocol,
    };

    /// <summary>Folder of this app's log files.</summary>
    public string LogFolder => Path.Combine(Directory, ".dapr", "logs");
}
