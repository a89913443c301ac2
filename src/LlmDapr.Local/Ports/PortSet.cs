namespace LlmDapr.Local.Ports;

/// <summary>The TCP ports of an app and its sidecar. 0 means not set (and, for <paramref name="App"/>, that the app listens on none).</summary>
internal sealed record PortSet(int App, int DaprHttp, int DaprGrpc, int Metrics, int InternalGrpc, int Profile);
