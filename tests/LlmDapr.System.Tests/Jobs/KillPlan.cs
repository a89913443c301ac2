namespace LlmDapr.System.Tests.Jobs;

/// <summary>How much work there is, and how often something dies in the middle of it.</summary>
/// <param name="Jobs">Jobs over HTTP.</param>
/// <param name="Events">Requests by event.</param>
/// <param name="Kills">SIGKILLs: of edge, of each replica of generation and of the sidecar process in a random order, each as often as the others.</param>
/// <param name="Replicas">Of generation.</param>
/// <param name="Seed">Of what is random.</param>
/// <param name="Lease">Of generation's workers.</param>
/// <param name="Model">The simulator's model.</param>
/// <param name="Clients">How many submit, and how many read, at once.</param>
/// <param name="Within">How long the whole of it may take.</param>
internal sealed record KillPlan(int Jobs, int Events, int Kills, int Replicas, int Seed, TimeSpan Lease, string Model, int Clients, TimeSpan Within);
