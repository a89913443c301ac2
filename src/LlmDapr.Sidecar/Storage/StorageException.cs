namespace LlmDapr.Sidecar.Storage;

/// <summary>The data file could not be read or written just now (a full disk, a damaged page); the message is SQLite's. Nothing of the work that got it was kept.</summary>
internal sealed class StorageException(string message, Exception cause) : Exception(message, cause);
