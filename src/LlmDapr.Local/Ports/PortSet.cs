namespace LlmDapr.Local.Ports;

/// <summary>The TCP ports of an app and its sidecar. 0 means not set (and, for <paramref name="App"/>, that the app listens on none).</summary>
internal sealed record PortSet(int App, int DaprHttp, int DaprGrpc, int Metrics, int InternalGrpc, int Profile)
{
    /// <summary>Where each port has moved to that is set here.</summary>
    public IEnumerable<(int From, int To)> Pairs(PortSet moved) =>
        new[] { (App, moved.App), (DaprHttp, moved.DaprHttp), (DaprGrpc, moved.DaprGrpc), (Metrics, moved.Metrics) }.Where(pair => pair.Item1 != 0);
}
