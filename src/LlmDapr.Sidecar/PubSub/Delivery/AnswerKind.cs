namespace LlmDapr.Sidecar.PubSub.Delivery;

/// <summary>The rows of Dapr's delivery table.</summary>
internal enum AnswerKind
{
    /// <summary>2xx without a status of its own, or with SUCCESS: acknowledged.</summary>
    Success,

    /// <summary>2xx with DROP, or 404: dead-lettered or acknowledged, never repeated.</summary>
    Drop,

    /// <summary>2xx with RETRY or a status that nobody knows: an error.</summary>
    Retry,

    /// <summary>Any other HTTP status: an error.</summary>
    Status,

    /// <summary>No answer: the connection was refused or broke.</summary>
    Broken,
}
