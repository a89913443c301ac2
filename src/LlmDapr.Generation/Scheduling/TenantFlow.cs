namespace LlmDapr.Generation.Scheduling;

/// <summary>One tenant's waiters in a class, in order of arrival.</summary>
internal sealed class TenantFlow(string tenant)
{
    public string Tenant { get; } = tenant;

    /// <summary>The tokens that it has been given, on the class's virtual clock: the lowest is next.</summary>
    public double Pass { get; set; }

    public LinkedList<Waiter> Waiters { get; } = [];
}
