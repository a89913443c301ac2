using System.Text.Json;
using LlmDapr.Simulator.Behaviours;
using LlmDapr.Simulator.Control;
using LlmDapr.Simulator.Errors;

namespace LlmDapr.Simulator.Calls;

/// <summary>
/// The life of a request that would cost money at a real provider: 1. read and recorded, 2. the key, 3. the model's name, 4. the request
/// itself, 5. limits and random errors, 6. faults that need no answer, 7. the answer.
/// </summary>
internal sealed class ProviderCallRunner(ModelCatalog catalog, ApiKey apiKey, Admission admission, CallJournal journal, CallFactory calls, PlainBody plainBody)
{
    public async Task RunAsync(HttpContext context, Func<JsonElement, string, Behaviour, PreparedAnswer> prepare)
    {
        byte[]? body = await ReadBodyAsync(context);
        if (body is null)
        {
            return;
        }

        // 1. A body that isn't JSON, too, is a request that reached the provider.
        ProviderError? unreadable = RequestBody.TryParse(body, out JsonDocument? document);
        using JsonDocument? owned = document;
        using CallRecord record = journal.Enter(context, NameOf(document), body);
        try
        {
            if (apiKey.Check(context) is { } refused)
            {
                throw new RefusedException(refused);
            }

            if (unreadable is not null)
            {
                throw new RefusedException(unreadable);
            }

            await AnswerAsync(context, document!.RootElement, record, prepare);
        }
        catch (RefusedException refusal)
        {
            await RefuseAsync(context, record, refusal.Error);
        }
        catch (OperationCanceledException)
        {
            record.End(context.RequestAborted.IsCancellationRequested ? CallOutcome.Cancelled : CallOutcome.Broken);
            context.Abort();
        }
    }

    private static async Task<byte[]?> ReadBodyAsync(HttpContext context)
    {
        try
        {
            return await RequestBody.ReadAsync(context);
        }
        catch (BadHttpRequestException error)
        {
            await ErrorAnswer.WriteAsync(context, ProviderErrors.Invalid(error.Message, null, null, error.StatusCode), context.RequestAborted);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            // The caller left while sending.
        }

        return null;
    }

    private static Task RefuseAsync(HttpContext context, CallRecord record, ProviderError error)
    {
        record.End(error.Status switch
        {
            StatusCodes.Status429TooManyRequests => CallOutcome.RateLimited,
            >= 500 => CallOutcome.Broken,
            _ => CallOutcome.Rejected,
        });
        return ErrorAnswer.WriteAsync(context, error, context.RequestAborted);
    }

    private static string NameOf(JsonDocument? document)
    {
        try
        {
            return document?.RootElement.Text("model") ?? "";
        }
        catch (RefusedException)
        {
            // Told to the caller when the request is read.
            return "";
        }
    }

    private async Task AnswerAsync(HttpContext context, JsonElement root, CallRecord record, Func<JsonElement, string, Behaviour, PreparedAnswer> prepare)
    {
        // 3. and 4.
        string model = root.RequiredText("model");
        if (!catalog.TryFind(model, out Behaviour? behaviour, out ProviderError? unknown))
        {
            throw new RefusedException(unknown);
        }

        PreparedAnswer answer = prepare(root, model, behaviour);
        record.PromptTokens = answer.PromptTokens;
        record.CompletionTokens = answer.CompletionTokens;

        // 5.
        admission.Admit(record, behaviour, answer, context.Response.Headers);

        // 6. and 7.
        using ProviderCall call = calls.Create(context, model, behaviour, record);
        switch (call.Fault)
        {
            case Fault.Hang:
                await BrokenConnection.StallAsync(call);
                return;
            case Fault.Reset:
                BrokenConnection.Reset(call);
                return;
            case Fault.Html200:
                await plainBody.SendAsync(call, []);
                return;
            case Fault.Context:
                throw new RefusedException(ProviderErrors.ContextLength(answer.PromptTokens));
            case Fault.Quota:
                throw new RefusedException(ProviderErrors.Quota());
            case Fault.Key401:
                throw new RefusedException(ProviderErrors.WrongKey(ApiKey.KeyOf(context)));
            default:
                await answer.WriteAsync(call);
                return;
        }
    }
}
