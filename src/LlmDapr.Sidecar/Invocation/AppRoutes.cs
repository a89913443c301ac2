using System.Collections.Concurrent;
using LlmDapr.Sidecar.Hosting;
using LlmDapr.Sidecar.Resiliency;

namespace LlmDapr.Sidecar.Invocation;

/// <summary>Where the calls of one sidecar go: its own app, another sidecar's app, or an address given by the caller.</summary>
internal sealed class AppRoutes(SidecarInstance own, AppRegistry registry) : IDisposable
{
    private readonly ConcurrentDictionary<string, AppChannel> _urls = new(StringComparer.Ordinal);

    /// <summary>Sets the call's kind.</summary>
    public void Classify(InvocationCall call)
    {
        var id = call.Target.AppId;
        call.Kind = IsUrl(id) ? ChannelKind.Url
            : WithoutNamespace(id) == own.AppId ? ChannelKind.Self
            : ChannelKind.Remote;
    }

    /// <summary>Whether the id names something that can be asked.</summary>
    public bool Exists(InvocationCall call) => Resolve(call).Channel is not null;

    /// <summary>Whether there is or was a sidecar of this id.</summary>
    public bool Knows(string appId) => WithoutNamespace(appId) == own.AppId || registry.Find(WithoutNamespace(appId)) is not null;

    /// <summary>The address of a target that <see cref="Exists"/>.</summary>
    public string AddressOf(InvocationCall call) => Resolve(call).Channel?.BaseAddress ?? "";

    /// <summary>Finds the way to the app, or says why there is none.</summary>
    public (AppChannel? Channel, AttemptResult Failure) Resolve(InvocationCall call)
    {
        var id = call.Target.AppId;
        switch (call.Kind)
        {
            case ChannelKind.Url:
                return (_urls.GetOrAdd(id.TrimEnd('/'), OpenUrl), default);
            case ChannelKind.Self when own.Channel is null:
                return Failed(13, "cannot invoke local endpoint: app channel not initialized");
            case ChannelKind.Self:
                return own.AppIsHealthy ? (own.Channel, default) : Failed(13, "rpc error: code = Internal desc = app is not in a healthy state");
        }

        if (id.Count(c => c == '.') > 1)
        {
            return Failed(2, $"invalid app id {id}");
        }

        var callee = registry.Find(WithoutNamespace(id));
        if (callee is null)
        {
            return Failed(2, "no host found with the given ID");
        }

        if (callee.IsGone)
        {
            return Failed(14, $"rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while dialing: dial tcp 127.0.0.1:{callee.GrpcPort}: connect: connection refused\"");
        }

        call.Callee = callee;
        if (callee.Channel is null)
        {
            return Failed(13, "rpc error: code = Internal desc = app channel is not initialized");
        }

        return callee.AppIsHealthy
            ? (callee.Channel, default)
            : Failed(13, $"{call.FarSide}rpc error: code = Internal desc = app is not in a healthy state");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var channel in _urls.Values)
        {
            channel.Dispose();
        }
    }

    private static (AppChannel? Channel, AttemptResult Failure) Failed(int code, string error) =>
        (null, new AttemptResult(AttemptEnd.Failed, 0, code, error, Committed: false));

    private AppChannel OpenUrl(string url) => new(url, url, own.Options.ReadBufferSize, maxConcurrency: 0, appToken: null);

    private static bool IsUrl(string id) =>
        id.StartsWith("http://", StringComparison.Ordinal) || id.StartsWith("https://", StringComparison.Ordinal);

    // All sidecars of a machine share one namespace, as with daprd's SQLite resolver: "id.ns" is "id".
    private static string WithoutNamespace(string id)
    {
        var dot = id.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 ? id[..dot] : id;
    }
}
