using LlmDapr.Simulator.Control;

namespace LlmDapr.Simulator.Calls;

/// <summary>Enters a request into the ledger and the log of requests.</summary>
internal sealed class CallJournal(CallLedger ledger, Gates gates, RequestLog log)
{
    public CallRecord Enter(HttpContext context, string model, byte[] body)
    {
        string path = context.Request.Path.Value ?? "";
        CallRecord record = ledger.Begin(model, path, gates.Releases);
        log.Add(new RecordedRequest(
            model,
            path,
            record.StartedAtMs,
            [.. context.Request.Headers.SelectMany(header => header.Value.Select(value => KeyValuePair.Create(header.Key, value ?? "")))],
            body));
        return record;
    }
}
