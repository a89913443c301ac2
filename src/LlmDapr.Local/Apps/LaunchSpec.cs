namespace LlmDapr.Local.Apps;

/// <summary>A process to start.</summary>
/// <param name="Program">Absolute path of the program.</param>
/// <param name="Arguments">Its arguments, unquoted.</param>
/// <param name="Directory">Its working directory.</param>
/// <param name="Env">The variables it has besides the runner's own.</param>
internal sealed record LaunchSpec(string Program, IReadOnlyList<string> Arguments, string Directory, IReadOnlyDictionary<string, string> Env)
{
    /// <summary>Variables of the runner that the process must not have.</summary>
    public Func<string, bool> Withheld { get; init; } = _ => false;
}
