namespace LlmDapr.Local.Output;

/// <summary>Something that the person at the keyboard can put right: the message says what and how, and the program ends with code 1.</summary>
internal sealed class LocalFailure(string message) : Exception(message);
