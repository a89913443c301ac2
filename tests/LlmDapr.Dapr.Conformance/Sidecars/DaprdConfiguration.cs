namespace LlmDapr.Dapr.Conformance.Sidecars;

/// <summary>The Configuration that real daprds need to find each other without mDNS.</summary>
internal static class DaprdConfiguration
{
    /// <summary>Writes it and returns its path.</summary>
    public static string Write(string folder)
    {
        var path = Path.Combine(folder, "daprd-configuration.yaml");
        File.WriteAllText(path, $"""
            apiVersion: dapr.io/v1alpha1
            kind: Configuration
            metadata:
              name: conformance
            spec:
              nameResolution:
                component: sqlite
                version: v1
                configuration:
                  connectionString: "{Path.Combine(folder, "names.db")}"
            """);
        return path;
    }
}
