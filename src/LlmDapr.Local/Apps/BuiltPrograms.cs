using System.Reflection;

namespace LlmDapr.Local.Apps;

/// <summary>The programs that were built in the same MSBuild run as this one (the project file says how), by project file.</summary>
internal sealed class BuiltPrograms
{
    private const string Prefix = "BuiltProgram:";

    private static readonly StringComparer PathComparer =
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    private readonly Dictionary<string, string> _outputs;

    /// <summary>For tests: any table of project file and built assembly.</summary>
    public BuiltPrograms(IEnumerable<KeyValuePair<string, string>> outputs, string configuration) =>
        (_outputs, Configuration) = (new Dictionary<string, string>(outputs, PathComparer), configuration);

    /// <summary>The table that was written into this assembly.</summary>
    public static BuiltPrograms OfThisBuild { get; } = Read(typeof(BuiltPrograms).Assembly);

    /// <summary>The configuration that they were built in, such as <c>Debug</c>.</summary>
    public string Configuration { get; }

    /// <summary>The built assembly of a project, or null when it is not one of them.</summary>
    public string? OutputOf(string project) => _outputs.GetValueOrDefault(Path.GetFullPath(project));

    /// <summary>The built assembly with a name such as <c>LlmDapr.Sidecar</c>, or null.</summary>
    public string? OutputNamed(string name) => _outputs.Values.FirstOrDefault(output => Path.GetFileNameWithoutExtension(output) == name);

    private static BuiltPrograms Read(Assembly assembly)
    {
        var outputs = assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Where(entry => entry.Key.StartsWith(Prefix, StringComparison.Ordinal) && entry.Value is not null)
            .Select(entry => KeyValuePair.Create(Path.GetFullPath(entry.Key[Prefix.Length..]), Here(entry.Value!)));
        return new BuiltPrograms(outputs, assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration ?? "Debug");
    }

    // Published programs lie beside each other, far from where they were built.
    private static string Here(string output)
    {
        var published = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", Path.GetFileNameWithoutExtension(output), Path.GetFileName(output)));
        return File.Exists(published) || !File.Exists(output) ? published : output;
    }
}
