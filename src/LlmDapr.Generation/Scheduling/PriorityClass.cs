using LlmDapr.Contracts;

namespace LlmDapr.Generation.Scheduling;

/// <summary>The classes of <see cref="Priorities"/>, the most urgent first.</summary>
internal enum PriorityClass
{
    Interactive,
    Async,
    Batch,
}

/// <summary>Names of <see cref="PriorityClass"/>.</summary>
internal static class PriorityClasses
{
    public const int Count = 3;

    private static readonly string[] Names = [Priorities.Interactive, Priorities.Async, Priorities.Batch];

    public static PriorityClass Parse(string priority) =>
        string.Equals(priority, Priorities.Batch, StringComparison.Ordinal) ? PriorityClass.Batch
        : string.Equals(priority, Priorities.Async, StringComparison.Ordinal) ? PriorityClass.Async
        : PriorityClass.Interactive;

    public static string Name(this PriorityClass priority) => Names[(int)priority];
}
