namespace LlmDapr.Local.RunFile;

/// <summary>The keys of a run file that the Dapr CLI knows, and what each holds.</summary>
internal static class SettingKeys
{
    /// <summary>Keys of the file itself.</summary>
    public static readonly IReadOnlyList<string> TopLevel = ["version", "name", "common", "apps"];

    /// <summary>Keys that may stand in <c>common</c> or at an app, where the app's wins.</summary>
    public static readonly IReadOnlyDictionary<string, SettingKind> Shared = new Dictionary<string, SettingKind>(StringComparer.Ordinal)
    {
        ["configFilePath"] = SettingKind.Text,
        ["appProtocol"] = SettingKind.Text,
        ["apiListenAddresses"] = SettingKind.Text,
        ["enableProfiling"] = SettingKind.Flag,
        ["logLevel"] = SettingKind.Text,
        ["appMaxConcurrency"] = SettingKind.Number,
        ["placementHostAddress"] = SettingKind.Text,
        ["schedulerHostAddress"] = SettingKind.Text,
        ["resourcesPath"] = SettingKind.Text,
        ["resourcesPaths"] = SettingKind.List,
        ["appSSL"] = SettingKind.Flag,
        ["maxBodySize"] = SettingKind.Text,
        ["readBufferSize"] = SettingKind.Text,
        ["enableAppHealthCheck"] = SettingKind.Flag,
        ["appHealthCheckPath"] = SettingKind.Text,
        ["appHealthProbeInterval"] = SettingKind.Number,
        ["appHealthProbeTimeout"] = SettingKind.Number,
        ["appHealthThreshold"] = SettingKind.Number,
        ["enableApiLogging"] = SettingKind.Flag,
        ["runtimePath"] = SettingKind.Text,
        ["env"] = SettingKind.Map,
        ["daprdLogDestination"] = SettingKind.LogDestination,
        ["appLogDestination"] = SettingKind.LogDestination,
    };

    /// <summary>Keys that only an app has. The container keys and <c>createService</c> mean something on Kubernetes only.</summary>
    public static readonly IReadOnlyDictionary<string, SettingKind> AppOnly = new Dictionary<string, SettingKind>(StringComparer.Ordinal)
    {
        ["appID"] = SettingKind.Text,
        ["appDirPath"] = SettingKind.Text,
        ["appPort"] = SettingKind.Port,
        ["appChannelAddress"] = SettingKind.Text,
        ["daprHTTPPort"] = SettingKind.Port,
        ["daprGRPCPort"] = SettingKind.Port,
        ["daprInternalGRPCPort"] = SettingKind.Port,
        ["metricsPort"] = SettingKind.Port,
        ["profilePort"] = SettingKind.Port,
        ["unixDomainSocket"] = SettingKind.Text,
        ["command"] = SettingKind.List,
        ["containerImage"] = SettingKind.Text,
        ["containerImagePullPolicy"] = SettingKind.Text,
        ["createService"] = SettingKind.Flag,
    };
}
