using System.IO.Pipelines;
using System.Text;
using LlmDapr.Simulator.Behaviours;
using LlmDapr.Simulator.Control;
using LlmDapr.Simulator.Errors;

namespace LlmDapr.Simulator.Calls;

/// <summary>Sends an answer that isn't a stream, whole or broken.</summary>
internal sealed class PlainBody(TimeProvider time)
{
    /// <summary>The last part is small enough to go out in one piece.</summary>
    private const int LastPart = 4096;

    public async Task SendAsync(ProviderCall call, byte[] body)
    {
        if (call.Fault == Fault.Gate)
        {
            await BrokenConnection.WaitAtGateAsync(call);
        }

        HttpResponse response = call.Context.Response;
        response.ContentType = "application/json";
        switch (call.Fault)
        {
            case Fault.Cut:
                response.ContentLength = body.Length;
                await WriteAsync(response.BodyWriter, body.AsMemory(0, body.Length / 2), call.CallerGone);
                await BrokenConnection.CutAsync(call, time);
                return;
            case Fault.Stall:
                response.ContentLength = body.Length;
                await WriteAsync(response.BodyWriter, body.AsMemory(0, body.Length / 2), call.CallerGone);
                await BrokenConnection.StallAsync(call);
                return;
            case Fault.End:
                call.Record.End(CallOutcome.Broken);
                body = body[..(body.Length / 2)];
                break;
            case Fault.BadJson:
                call.Record.End(CallOutcome.Broken);
                body = [.. "{\"id\":broken,"u8, .. body.AsSpan(1)];
                break;
            case Fault.Html200:
                call.Record.End(CallOutcome.Broken);
                response.ContentType = "text/html; charset=utf-8";
                body = Encoding.UTF8.GetBytes("<!DOCTYPE html>\n<html><head><title>Gateway</title></head><body><h1>Please wait</h1></body></html>\n");
                break;
            case Fault.ErrorInStream:
                call.Record.End(CallOutcome.Broken);
                body = ErrorAnswer.Render(ProviderErrors.ServerError());
                break;
            case Fault.NoFinish:
                call.Record.End(CallOutcome.Broken);
                break;
        }

        response.ContentLength = body.Length;
        int last = Math.Max(0, body.Length - LastPart);
        await WriteAsync(response.BodyWriter, body.AsMemory(0, last), call.CallerGone);
        await FinishAsync(call, body.AsMemory(last));
    }

    /// <summary>
    /// Writes an answer's last bytes. Counted before they are sent, so that whoever has read them finds them counted, and not cancellable:
    /// a caller that closes on seeing them has had its whole answer.
    /// </summary>
    public static async Task FinishAsync(ProviderCall call, ReadOnlyMemory<byte> last)
    {
        call.CallerGone.ThrowIfCancellationRequested();
        call.Record.End(CallOutcome.Completed);
        await call.Context.Response.BodyWriter.WriteAsync(last, CancellationToken.None);
    }

    private static async Task WriteAsync(PipeWriter writer, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (!bytes.IsEmpty)
        {
            await writer.WriteAsync(bytes, cancellationToken);
        }
    }
}
