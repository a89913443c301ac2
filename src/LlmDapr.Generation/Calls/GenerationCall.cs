using LlmDapr.Contracts.Requests;

namespace LlmDapr.Generation.Calls;

/// <summary>A request that generation has taken: what is asked for, on whose behalf, and until when it is of use.</summary>
/// <param name="Kind">What it asks for.</param>
/// <param name="Request">The request.</param>
/// <param name="Tenant">On whose behalf.</param>
/// <param name="Priority">One of <see cref="Contracts.Priorities"/>.</param>
/// <param name="TimeLeft">The caller's deadline, null when it gave none.</param>
/// <param name="KeepsUsage">Whether the usage of a stream is wanted by whoever calls, whatever the request says: its chunk is not taken out.</param>
internal sealed record GenerationCall(RequestKind Kind, RequestEnvelope Request, string Tenant, string Priority, TimeSpan? TimeLeft, bool KeepsUsage = false);
