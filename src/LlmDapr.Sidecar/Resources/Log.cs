namespace LlmDapr.Sidecar.Resources;

internal static partial class Log
{
    // daprd's words, up to those of its YAML library.
    [LoggerMessage(6000, LogLevel.Error, "Could not determine resource type: error converting YAML to JSON: yaml: line {Line}: {Fault} ({File}: nothing of this file applies until that is corrected)", EventName = "ResourceNotYaml")]
    public static partial void NotYaml(this ILogger logger, long line, string fault, string file);
}
