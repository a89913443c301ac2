using LlmDapr.Sidecar.Api;
using LlmDapr.Sidecar.Hosting;

namespace LlmDapr.Sidecar.State;

/// <summary>The state API over HTTP: <c>/v1.0/state/{store}</c> and what is below it.</summary>
internal sealed class StateApi(SidecarInstance sidecar, ILogger logger)
{
    // Once is enough: a service that saves numbers saves many.
    private int _numbersTold;

    /// <summary>Answers a request. The store is looked for before anything of the body is read.</summary>
    public async Task HandleAsync(HttpContext context, StateRoute route, string query)
    {
        try
        {
            await AnswerAsync(context, route, query);
        }
        catch (Exception left) when (left is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // The caller has left: there is nobody to answer.
        }
    }

    private Task AnswerAsync(HttpContext context, StateRoute route, string query)
    {
        if (!sidecar.StateStores.TryGetValue(route.Store, out var store))
        {
            return StateAnswers.WriteUnknownStoreAsync(
                context, route.Store, route.Operation == StateOperation.Query ? null : sidecar.AppId, none: sidecar.StateStores.Count == 0);
        }

        return route.Operation switch
        {
            StateOperation.Get => GetAsync(context, store, route.Key),
            StateOperation.Save => SaveAsync(context, store, query),
            StateOperation.Delete => DeleteAsync(context, store, route.Key, query),
            StateOperation.BulkGet => BulkGetAsync(context, store),
            StateOperation.Query => StateAnswers.WriteNoQueryAsync(context, store.Name),
            _ => RefuseTransactionAsync(context, store),
        };
    }

    private static async Task GetAsync(HttpContext context, StateStore store, string key)
    {
        var (entry, error) = await store.GetAsync(key, context.RequestAborted);
        if (error is not null)
        {
            await StateAnswers.WriteErrorAsync(context, store.Name, "ERR_STATE_GET", $"fail to get {key} from state store {store.Name}: ", error);
            return;
        }

        if (entry is null)
        {
            await StateAnswers.WriteNothingAsync(context);
            return;
        }

        context.Response.Headers.ETag = entry.Etag;
        if (entry.ExpireTime is { } time)
        {
            context.Response.Headers["Metadata.ttlexpiretime"] = time;
        }

        await StateAnswers.WriteBodyAsync(context, entry.Value);
    }

    private async Task SaveAsync(HttpContext context, StateStore store, string query)
    {
        if (await RequestBytes.ReadAsync(context, sidecar.Options.MaxBodySize) is not { } body)
        {
            await StateAnswers.WriteMalformedAsync(context, "stream too large");
            return;
        }

        if (SaveBody.Read(body, GoQuery.Metadata(query), out var saves, out var keptDigits) is { } wrong)
        {
            await StateAnswers.WriteMalformedAsync(context, wrong);
            return;
        }

        if (keptDigits && Interlocked.Exchange(ref _numbersTold, 1) == 0)
        {
            logger.NumbersKept(sidecar.AppId, store.Name);
        }

        var error = await store.SaveAsync(saves, context.RequestAborted);
        await (error is null
            ? StateAnswers.WriteNothingAsync(context)
            : StateAnswers.WriteErrorAsync(context, store.Name, "ERR_STATE_SAVE", $"failed saving state in state store {store.Name}: ", error));
    }

    private static async Task DeleteAsync(HttpContext context, StateStore store, string key, string query)
    {
        var etag = context.Request.Headers.IfMatch;
        var delete = new StateDelete(key, etag.Count > 0 ? etag[0] : null, GoQuery.Find(query, "concurrency"), GoQuery.Find(query, "consistency"));
        var error = await store.DeleteAsync(delete, context.RequestAborted);
        await (error is null
            ? StateAnswers.WriteNothingAsync(context)
            : StateAnswers.WriteErrorAsync(context, store.Name, "ERR_STATE_DELETE", $"failed deleting state with key {key}: ", error));
    }

    private async Task BulkGetAsync(HttpContext context, StateStore store)
    {
        const string Malformed = "failed deserializing HTTP body: ";
        if (await RequestBytes.ReadAsync(context, sidecar.Options.MaxBodySize) is not { } body)
        {
            await StateAnswers.WriteMalformedAsync(context, Malformed + "stream too large");
            return;
        }

        if (BulkGetBody.Read(body, out var keys) is { } wrong)
        {
            await StateAnswers.WriteMalformedAsync(context, Malformed + wrong);
            return;
        }

        var (items, error) = await store.BulkGetAsync(keys, context.RequestAborted);
        await (error is null
            ? StateAnswers.WriteBodyAsync(context, StateAnswers.WriteBulk(items, keys.Count, key => logger.ValueNotJson(sidecar.AppId, store.Name, key)))
            : StateAnswers.WriteErrorAsync(context, store.Name, "ERR_STATE_BULK_GET", "", error));
    }

    private Task RefuseTransactionAsync(HttpContext context, StateStore store)
    {
        logger.NotServed(sidecar.AppId, "a transaction", store.Name);
        return DaprError.WriteAsync(
            context, StatusCodes.Status501NotImplemented, "ERR_STATE_STORE_NOT_SUPPORTED", "state transactions: not served by the development sidecar; use daprd for them, or save by etag");
    }
}
