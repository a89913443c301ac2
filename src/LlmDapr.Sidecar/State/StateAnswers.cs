using System.Text;
using LlmDapr.Sidecar.Api;

namespace LlmDapr.Sidecar.State;

/// <summary>The HTTP answers of the state API.</summary>
internal static class StateAnswers
{
    // Go's server counts what a handler writes up to here; a longer answer is chunked.
    private const int MostCounted = 2048;

    /// <summary>204.</summary>
    public static Task WriteNothingAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    /// <summary>200 with a body, whose type is JSON whatever it holds.</summary>
    public static Task WriteBodyAsync(HttpContext context, ReadOnlyMemory<byte> body)
    {
        var response = context.Response;
        response.ContentType = "application/json";
        if (body.Length <= MostCounted)
        {
            response.ContentLength = body.Length;
        }

        return response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    /// <summary>400 for a request that cannot be read.</summary>
    public static Task WriteMalformedAsync(HttpContext context, string message) =>
        DaprError.WriteAsync(context, StatusCodes.Status400BadRequest, "ERR_MALFORMED_REQUEST", message);

    /// <summary>What an operation failed with.</summary>
    /// <param name="context">The request.</param>
    /// <param name="store">The store's name.</param>
    /// <param name="code">The operation's code.</param>
    /// <param name="before">What the operation puts before the error's text.</param>
    /// <param name="error">The error.</param>
    public static Task WriteErrorAsync(HttpContext context, string store, string code, string before, StateError error)
    {
        if (error.Kind != StateErrorKind.IllegalKey)
        {
            var status = error.Kind == StateErrorKind.EtagMismatch ? StatusCodes.Status409Conflict : StatusCodes.Status500InternalServerError;
            return DaprError.WriteAsync(context, status, code, before + error.Text);
        }

        var message = $"api error: code = InvalidArgument desc = {error.Text}";
        var details = $"[{{\"@type\":\"type.googleapis.com/google.rpc.BadRequest\",\"field_violations\":[{{\"field\":{DaprError.Quote(error.Key ?? "")},\"description\":{DaprError.Quote(message)}}}]}},{ResourceInfo(store)},{ErrorInfo("DAPR_STATE_ILLEGAL_KEY", null)}]";
        return DaprError.WriteAsync(context, StatusCodes.Status400BadRequest, "ERR_MALFORMED_REQUEST", message, details);
    }

    /// <summary>The app has no such store, or none at all.</summary>
    /// <param name="context">The request.</param>
    /// <param name="store">The name asked for.</param>
    /// <param name="appId">The app; null where daprd does not name it.</param>
    /// <param name="none">Whether it has none at all.</param>
    public static Task WriteUnknownStoreAsync(HttpContext context, string store, string? appId, bool none) => none
        ? DaprError.WriteAsync(
            context, StatusCodes.Status500InternalServerError, "ERR_STATE_STORE_NOT_CONFIGURED", $"state store {store} is not configured", $"[{ErrorInfo("DAPR_STATE_NOT_CONFIGURED", appId)}]")
        : DaprError.WriteAsync(
            context, StatusCodes.Status400BadRequest, "ERR_STATE_STORE_NOT_FOUND", $"state store {store} is not found", $"[{ErrorInfo("DAPR_STATE_NOT_FOUND", appId)}]");

    /// <summary>Queries: daprd's store refuses them, too.</summary>
    public static Task WriteNoQueryAsync(HttpContext context, string store) => DaprError.WriteAsync(
        context,
        StatusCodes.Status500InternalServerError,
        "ERR_STATE_STORE_NOT_SUPPORTED",
        "state store does not support querying",
        $"[{ResourceInfo(store)},{ErrorInfo("DAPR_STATE_QUERYING_NOT_SUPPORTED", null)}]");

    /// <summary>The answer to a bulk get: those found, those missing, and an empty item for each key that was asked for again.</summary>
    /// <param name="items">The items.</param>
    /// <param name="asked">How many keys were asked for.</param>
    /// <param name="notJson">Told the key of each value that cannot stand in JSON.</param>
    public static byte[] WriteBulk(IReadOnlyList<StateBulkItem> items, int asked, Action<string> notJson)
    {
        var json = new StringBuilder("[");
        foreach (var item in items)
        {
            json.Append(json.Length > 1 ? "," : "").Append("{\"key\":").Append(DaprError.Quote(item.Key));
            if (item.Entry is { } entry)
            {
                Append(json, entry, notJson);
            }
            else if (item.Error is { } error)
            {
                json.Append(",\"error\":").Append(DaprError.Quote(error));
            }

            json.Append('}');
        }

        for (var i = items.Count; i < asked; i++)
        {
            json.Append(",{\"key\":\"\"}");
        }

        return Encoding.UTF8.GetBytes(json.Append("]\n").ToString());
    }

    private static void Append(StringBuilder json, StateEntry entry, Action<string> notJson)
    {
        var isJson = entry.Value.Length == 0 || GoJson.IsValid(entry.Value);
        if (isJson && entry.Value.Length > 0)
        {
            json.Append(",\"data\":").Append(CanonicalJson.Compact(entry.Value));
        }

        json.Append(",\"etag\":").Append(DaprError.Quote(entry.Etag));
        if (entry.ExpireTime is { } time)
        {
            json.Append(",\"metadata\":{\"ttlExpireTime\":\"").Append(time).Append("\"}");
        }

        if (!isJson)
        {
            notJson(entry.Key);
            json.Append(",\"error\":\"the value is not JSON: read it with GET or over gRPC\"");
        }
    }

    private static string ResourceInfo(string store) =>
        $"{{\"@type\":\"type.googleapis.com/google.rpc.ResourceInfo\",\"description\":\"\",\"owner\":\"\",\"resource_name\":{DaprError.Quote(store)},\"resource_type\":\"state\"}}";

    private static string ErrorInfo(string reason, string? appId) =>
        $"{{\"@type\":\"type.googleapis.com/google.rpc.ErrorInfo\",\"domain\":\"dapr.io\",\"metadata\":{(appId is null ? "null" : $"{{\"appID\":{DaprError.Quote(appId)}}}")},\"reason\":\"{reason}\"}}";
}
