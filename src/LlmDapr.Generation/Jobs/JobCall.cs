using LlmDapr.Contracts.Requests;
using LlmDapr.Generation.Calls;
using LlmDapr.Jobs.Records;
using LlmDapr.PromptCache.Freshness;

namespace LlmDapr.Generation.Jobs;

/// <summary>One run of a job.</summary>
/// <param name="Job">The job.</param>
/// <param name="Slot">Its room.</param>
/// <param name="Request">Its request.</param>
/// <param name="Plan">What the prompt cache does for it.</param>
/// <param name="Left">Until when an answer is of use.</param>
/// <param name="Clock">The run's clock, which its owner's not wanting it any more ends, too.</param>
internal sealed record JobCall(JobRecord Job, JobSlot Slot, RequestEnvelope Request, CachePlan Plan, TimeSpan Left, CallClock Clock);
