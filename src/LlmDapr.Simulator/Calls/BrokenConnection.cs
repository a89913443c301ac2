using System.Net.Sockets;
using LlmDapr.Simulator.Control;
using Microsoft.AspNetCore.Connections.Features;

namespace LlmDapr.Simulator.Calls;

/// <summary>The ways in which an answer breaks on the wire.</summary>
internal static class BrokenConnection
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The connection is reset at once. What the kernel has not sent is lost.</summary>
    public static void Reset(ProviderCall call)
    {
        call.Record.End(CallOutcome.Broken);
        call.Context.Abort();
    }

    /// <summary>
    /// The connection ends behind what has been flushed, without the body's end. Only the sending side is shut at first: a reset could
    /// overtake bytes that the caller has not read, and then nobody could say how many tokens arrive.
    /// </summary>
    public static async Task CutAsync(ProviderCall call, TimeProvider time)
    {
        call.Record.End(CallOutcome.Broken);
        if (call.Context.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
        {
            try
            {
                socket.Shutdown(SocketShutdown.Send);
                await Task.Delay(Patience, time, call.CallerGone);
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The caller has closed its side: nothing is left to do but the abort.
            }
        }

        call.Context.Abort();
    }

    /// <summary>Nothing more, until the caller leaves.</summary>
    public static async Task StallAsync(ProviderCall call)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(call.CallerGone, call.Stopping);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, end.Token);
        }
        catch (OperationCanceledException) when (!call.CallerGone.IsCancellationRequested)
        {
            // Shutting down: without an end of its own, the request would hold the process.
            Reset(call);
        }
    }

    /// <summary>Waits for the release of the call's gate.</summary>
    public static async Task WaitAtGateAsync(ProviderCall call)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(call.CallerGone, call.Stopping);
        await call.Gate!.WaitAsync(end.Token);
    }
}
