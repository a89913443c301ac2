namespace LlmDapr.System.Tests.Beds;

/// <summary>What is wrong with the state store.</summary>
public enum StoreFault
{
    /// <summary>It cannot be reached.</summary>
    Stopped,

    /// <summary>It answers too late, or not at all.</summary>
    Slow,

    /// <summary>It reads and takes no writes.</summary>
    Full,
}
