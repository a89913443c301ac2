using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using DotNet.Testcontainers.Containers;
using LlmDapr.System.Tests.Beds;
using LlmDapr.Testing;

namespace LlmDapr.System.Tests.Containers;

/// <summary>A Redis that has on its disk what it has acknowledged, and can be stopped, paused and filled.</summary>
internal sealed class RedisContainer : IAsyncDisposable
{
    private readonly IContainer _container;
    private readonly int _port;
    private bool _isPaused;

    private RedisContainer(IContainer container, int port) => (_container, _port) = (container, port);

    /// <summary>As <c>REDIS_HOST</c> names it.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}");

    /// <summary>Its container, for its log.</summary>
    public IContainer Container => _container;

    public static async Task<RedisContainer> StartAsync(CancellationToken cancellationToken)
    {
        var port = FreePorts.Take(1)[0];
        var container = Docker.Container(TestImage.Redis)
            .WithEntrypoint("redis-server")
            .WithCommand(
                "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", "/tmp",
                "--appendonly", "yes", "--appendfsync", "always", "--save", "")
            .Build();
        var redis = new RedisContainer(container, port);
        try
        {
            await redis.StartAgainAsync(cancellationToken);
            return redis;
        }
        catch
        {
            await redis.DisposeAsync();
            throw;
        }
    }

    public Task BreakAsync(StoreFault fault, CancellationToken cancellationToken)
    {
        switch (fault)
        {
            case StoreFault.Stopped:
                return StopAsync(cancellationToken);
            case StoreFault.Slow:
                _isPaused = true;
                return _container.PauseAsync(cancellationToken);
            default:
                return LimitAsync(bytes: 1, cancellationToken);
        }
    }

    public async Task MendAsync(CancellationToken cancellationToken)
    {
        if (_isPaused)
        {
            await _container.UnpauseAsync(cancellationToken);
            _isPaused = false;
        }

        await StartAgainAsync(cancellationToken);
        await LimitAsync(bytes: 0, cancellationToken);
    }

    /// <summary>Ends it without asking (SIGKILL).</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _container.StopAsync(cancellationToken);

    /// <summary>Starts it with what is on its disk; nothing happens when it runs.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        if (_container.State != TestcontainersStates.Running)
        {
            await _container.StartAsync(cancellationToken);
        }

        await Eventually.TrueAsync(async () => await AskAsync("PING", cancellationToken) == "+PONG", "Redis answers", cancellationToken);
    }

    public ValueTask DisposeAsync() => _container.DisposeAsync();

    private async Task LimitAsync(int bytes, CancellationToken cancellationToken) =>
        Assert.Equal("+OK", await AskAsync(string.Create(CultureInfo.InvariantCulture, $"CONFIG SET maxmemory {bytes}"), cancellationToken));

    /// <summary>The first line of the answer to an inline command; null when there is none.</summary>
    public async Task<string?> AskAsync(string command, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, _port, cancellationToken);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"{command}\r\n"), cancellationToken);
            using var reader = new StreamReader(client.GetStream());
            return await reader.ReadLineAsync(cancellationToken);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return null;
        }
    }
}
