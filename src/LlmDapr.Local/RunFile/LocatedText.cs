namespace LlmDapr.Local.RunFile;

/// <summary>A scalar of the run file and the line it stands on, counted from 1.</summary>
internal sealed record LocatedText(string Text, int Line);
