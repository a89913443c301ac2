namespace LlmDapr.Sidecar.State;

/// <summary>The operations of the HTTP API. The last two are refused.</summary>
internal enum StateOperation
{
    Save,
    Get,
    Delete,
    BulkGet,
    Transaction,
    Query,
}
