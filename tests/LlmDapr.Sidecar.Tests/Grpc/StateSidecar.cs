using Dapr.Client;
using Grpc.Net.Client;
using LlmDapr.Sidecar.Hosting;

namespace LlmDapr.Sidecar.Tests.Grpc;

/// <summary>A sidecar with one state store, a DaprClient of it, and a bare channel for what the SDK does not do.</summary>
internal sealed class StateSidecar : IAsyncDisposable
{
    public const string Store = "store";

    private const string Component = "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: store\nspec:\n  type: state.redis\n  version: v1\n";

    private readonly DirectoryInfo _folder;

    private StateSidecar(SidecarHost host, DirectoryInfo folder)
    {
        (Host, _folder) = (host, folder);
        Channel = GrpcChannel.ForAddress(Address, new GrpcChannelOptions { MaxReceiveMessageSize = null, MaxSendMessageSize = null });
        Client = NewClient(host.Instances[0].Options.DaprApiToken);
    }

    public SidecarHost Host { get; }

    public SidecarInstance Sidecar => Host.Instances[0];

    public DaprClient Client { get; }

    public GrpcChannel Channel { get; }

    private string Address => $"http://127.0.0.1:{Sidecar.GrpcPort}";

    public static async Task<StateSidecar> StartAsync(
        Func<SidecarOptions, SidecarOptions>? options = null, TimeProvider? time = null, ILoggerFactory? loggers = null, bool withStore = true, string? more = null)
    {
        var folder = Directory.CreateTempSubdirectory("llmdapr-grpc-");
        if (withStore)
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "store.yaml"), Component, TestContext.Current.CancellationToken);
        }

        if (more is not null)
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "more.yaml"), more, TestContext.Current.CancellationToken);
        }

        var plain = new SidecarOptions { AppId = "app", ResourcesPaths = [folder.FullName] };
        var host = await SidecarHost.StartAsync(
            [options is null ? plain : options(plain)], loggers, time, cancellationToken: TestContext.Current.CancellationToken);
        return new StateSidecar(host, folder);
    }

    /// <summary>A further client; null = one that sends no token.</summary>
    public DaprClient NewClient(string? token)
    {
        var builder = new DaprClientBuilder()
            .UseHttpEndpoint($"http://127.0.0.1:{Sidecar.HttpPort}")
            .UseGrpcEndpoint(Address)
            .UseGrpcChannelOptions(new GrpcChannelOptions { MaxReceiveMessageSize = null, MaxSendMessageSize = null });
        return (token is null ? builder : builder.UseDaprApiToken(token)).Build();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Channel.Dispose();
        await Host.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
