using LlmDapr.Sidecar.Resiliency;
using LlmDapr.Sidecar.Resources;
using Microsoft.Extensions.Logging.Testing;
using YamlDotNet.RepresentationModel;

namespace LlmDapr.Sidecar.Tests.Resiliency;

/// <summary>Policies of the sidecar of app <c>caller</c>, read from YAML, on a clock of their own.</summary>
internal sealed class PolicySetup
{
    public SteppedTime Time { get; } = new();

    public FakeLogger Logger { get; } = new();

    public double Random { get; set; } = 0.5;

    public ResiliencyPolicies Load(params string[] resources) => LoadAs("caller", resources);

    public ResiliencyPolicies LoadAs(string ownAppId, params string[] resources) => ResiliencyPolicies.Load(
        resources.Select((yaml, index) => Document($"{index}.yaml", yaml)), ownAppId, Time, () => Random, Logger);

    /// <summary>One resource with this spec, indented as its place demands.</summary>
    public ResiliencyPolicies LoadSpec(string spec) => Load("kind: Resiliency\nmetadata: { name: res }\nspec:\n" + spec);

    /// <summary>Policy <c>r</c> with these fields (flow style), as the retry of app <c>callee</c>.</summary>
    public InvocationPolicy Retry(string fields) =>
        LoadSpec($$"""
              policies: { retries: { r: { {{fields}} } } }
              targets: { apps: { callee: { retry: r } } }
            """).ForApp("callee");

    /// <summary>Policy <c>cb</c> with these fields (flow style), as the breaker of app <c>callee</c>.</summary>
    public InvocationPolicy Breaker(string fields, string target = "circuitBreaker: cb") =>
        LoadSpec($$"""
              policies: { circuitBreakers: { cb: { {{fields}} } } }
              targets: { apps: { callee: { {{target}} } } }
            """).ForApp("callee");

    public IEnumerable<string> Logged(LogLevel level) =>
        Logger.Collector.GetSnapshot().Where(record => record.Level == level).Select(record => record.Message);

    private static ResourceDocument Document(string file, string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        var root = (YamlMappingNode)stream.Documents[0].RootNode;
        var scopes = root.Children.TryGetValue("scopes", out var list) ? ((YamlSequenceNode)list).Select(node => ((YamlScalarNode)node).Value!).ToArray() : [];
        return new ResourceDocument(file, ((YamlScalarNode)root["kind"]).Value!, ((YamlScalarNode)root["metadata"]["name"]).Value!, scopes, root);
    }
}
