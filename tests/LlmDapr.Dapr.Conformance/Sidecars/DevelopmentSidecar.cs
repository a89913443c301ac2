namespace LlmDapr.Dapr.Conformance.Sidecars;

/// <summary>The built development sidecar, which lies beside the test program.</summary>
internal static class DevelopmentSidecar
{
    /// <summary>Its program, or its assembly where there is no program for this machine.</summary>
    public static string Path
    {
        get
        {
            var program = System.IO.Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "LlmDapr.Sidecar.exe" : "LlmDapr.Sidecar");
            return File.Exists(program) ? program : System.IO.Path.Combine(AppContext.BaseDirectory, "LlmDapr.Sidecar.dll");
        }
    }
}
