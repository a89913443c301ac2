using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Dapr;
using Dapr.Client;
using LlmDapr.Contracts;
using LlmDapr.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LlmDapr.Edge.Tests.Sidecars;

public sealed class SidecarChannelTests
{
    // gRPC's own pauses between attempts would be 1, 1.6, 2.6 and 4.1 s by now.
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2.5);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connect_SidecarWasGoneForAWhile_IsTriedAgainSoon()
    {
        // Bound and not listening: refused, and nobody else's.
        using var sidecar = new Socket(SocketType.Stream, ProtocolType.Tcp);
        sidecar.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var builder = WebApplication.CreateBuilder([string.Create(CultureInfo.InvariantCulture, $"--DAPR_GRPC_PORT={((IPEndPoint)sidecar.LocalEndPoint!).Port}")]);
        builder.AddServiceDefaults(AppIds.Edge, AppPorts.Edge);
        await using var app = builder.Build();
        var dapr = app.Services.GetRequiredService<DaprClient>();
        var started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < Outage)
        {
            Assert.False(await AskAsync(dapr));
            await Task.Delay(TimeSpan.FromMilliseconds(50), Ct);
        }

        sidecar.Listen();
        var back = TimeProvider.System.GetTimestamp();
        var connected = sidecar.AcceptAsync(Ct).AsTask();
        while (!connected.IsCompleted)
        {
            await Task.WhenAny(connected, AskAsync(dapr));
            await Task.WhenAny(connected, Task.Delay(TimeSpan.FromMilliseconds(50), Ct));
        }

        (await connected).Dispose();
        Assert.InRange(TimeProvider.System.GetElapsedTime(back), TimeSpan.Zero, Soon);
    }

    private static async Task<bool> AskAsync(DaprClient dapr)
    {
        try
        {
            await dapr.GetByteStateAsync(DaprComponents.StateStore, "any", cancellationToken: Ct);
            return true;
        }
        catch (DaprException)
        {
            return false;
        }
    }
}
