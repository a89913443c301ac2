using System.Reflection;

namespace LlmDapr.Local.Tests;

/// <summary>Where the repository and the programs under test are.</summary>
internal static class TestPlaces
{
    /// <summary>The repository's root folder.</summary>
    public static string Repository { get; } = Path.GetFullPath(Metadata("Repository"));

    /// <summary>The program that stands in for an app or a daprd.</summary>
    public static string StandIn { get; } = Path.ChangeExtension(Metadata("StandIn"), OperatingSystem.IsWindows() ? ".exe" : null);

    /// <summary>The runner.</summary>
    public static string Runner { get; } = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "LlmDapr.Local.exe" : "LlmDapr.Local");

    private static string Metadata(string key) =>
        typeof(TestPlaces).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == key).Value!;
}
