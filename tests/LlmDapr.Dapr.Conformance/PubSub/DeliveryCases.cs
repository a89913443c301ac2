using LlmDapr.Dapr.Conformance.Verdicts;

namespace LlmDapr.Dapr.Conformance.PubSub;

/// <summary>The delivery table: what becomes of a message after each answer of the app, with and without retries and dead letters.</summary>
public sealed class DeliveryCases(DeliveryRuns runs) : IClassFixture<DeliveryRuns>
{
    /// <summary>The owed cases.</summary>
    public static TheoryData<string> Ids =>
        [.. Owed.Ids("pubsub-deliver", [.. DeliveryRuns.Components.Keys.Select(mode => $"deliver/{mode}")])];

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Delivery_AsRecorded_AnswersTheSame(string id) => Verdict.Give(id, await runs.ResultAsync(id));
}
