namespace LlmDapr.Sidecar.State;

/// <summary>One key of a bulk get.</summary>
/// <param name="Key">The key as the app gave it.</param>
/// <param name="Entry">What it holds; null when it is missing or could not be read.</param>
/// <param name="Error">Why it could not be read; null when it could.</param>
internal sealed record StateBulkItem(string Key, StateEntry? Entry, string? Error = null);
