using System.Buffers;
using System.IO.Pipelines;
using LlmDapr.Simulator.Behaviours;
using LlmDapr.Simulator.Calls;
using LlmDapr.Simulator.Control;
using LlmDapr.Simulator.Errors;

namespace LlmDapr.Simulator.Chat;

/// <summary>Sends a chat completion as server-sent events: one word, one chunk, one flush.</summary>
internal sealed class ChatStream(TimeProvider time)
{
    public async Task SendAsync(ProviderCall call, ChatAnswer answer)
    {
        HttpResponse response = call.Context.Response;
        PipeWriter output = response.BodyWriter;
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache";
        if (call.Behaviour.EarlyHead)
        {
            await response.StartAsync(call.CallerGone);
            await output.FlushAsync(call.CallerGone);
        }

        var chunks = new ChunkWriter(output, call, answer);
        await call.Pace.WaitAsync(call.CallerGone);
        foreach (ChatChoice choice in answer.Choices)
        {
            chunks.Role(choice);
        }

        if (!await SendPiecesAsync(call, answer, chunks, output))
        {
            return;
        }

        if (call.Fault != Fault.NoFinish)
        {
            foreach (ChatChoice choice in answer.Choices)
            {
                chunks.Finish(choice);
            }
        }

        if (answer.Request.IncludeUsage)
        {
            chunks.Usage();
        }

        if (call.Fault is Fault.NoFinish or Fault.NoDone or Fault.BadJson)
        {
            call.Record.End(CallOutcome.Broken);
        }

        await PlainBody.FinishAsync(call, call.Fault == Fault.NoDone ? default : "data: [DONE]\n\n"u8.ToArray());
    }

    /// <summary>The content, choices taking turns. False when the fault has ended the stream.</summary>
    private async Task<bool> SendPiecesAsync(ProviderCall call, ChatAnswer answer, ChunkWriter chunks, PipeWriter output)
    {
        int longest = answer.Choices.Max(choice => choice.Pieces.Count);
        int total = answer.Choices.Sum(choice => choice.Pieces.Count);
        int faultAt = call.Fault is Fault.None ? -1 : Math.Min(call.Behaviour.After, total);
        int sent = 0;
        for (int i = 0; i < longest; i++)
        {
            if (i > 0)
            {
                call.Pace.Advance();
                await call.Pace.WaitAsync(call.CallerGone);
            }

            foreach (ChatChoice choice in answer.Choices)
            {
                if (i >= choice.Pieces.Count)
                {
                    continue;
                }

                if (sent == faultAt && await BreakAsync(call, chunks, output))
                {
                    return false;
                }

                chunks.Piece(choice, choice.Pieces[i]);
                sent++;
                call.Record.WordsSent = sent;
                await output.FlushAsync(call.CallerGone);
            }

            // A flush that needs no waiting doesn't look at its token.
            call.CallerGone.ThrowIfCancellationRequested();
        }

        return sent != faultAt || !await BreakAsync(call, chunks, output);
    }

    /// <summary>Does what the fault says at its token. True when that was the end.</summary>
    private async Task<bool> BreakAsync(ProviderCall call, ChunkWriter chunks, PipeWriter output)
    {
        switch (call.Fault)
        {
            case Fault.BadJson:
                chunks.Broken();
                return false;
            case Fault.Gate:
                await output.FlushAsync(call.CallerGone);
                await BrokenConnection.WaitAtGateAsync(call);
                return false;
            case Fault.Cut:
                await output.FlushAsync(call.CallerGone);
                await BrokenConnection.CutAsync(call, time);
                return true;
            case Fault.Stall:
                await output.FlushAsync(call.CallerGone);
                await BrokenConnection.StallAsync(call);
                return true;
            case Fault.End:
                call.Record.End(CallOutcome.Broken);
                await output.FlushAsync(call.CallerGone);
                return true;
            case Fault.ErrorInStream:
                call.Record.End(CallOutcome.Broken);
                output.Write("data: "u8);
                output.Write(ErrorAnswer.Render(ProviderErrors.ServerError()));
                output.Write("\n\n"u8);
                await output.FlushAsync(call.CallerGone);
                return true;
            default:
                return false;
        }
    }
}
