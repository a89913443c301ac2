using System.Collections.Concurrent;
using LlmDapr.Sidecar.Resources;
using Polly;

namespace LlmDapr.Sidecar.Resiliency;

/// <summary>All resiliency policies of one app's sidecar, looked up by the id of the app that is invoked. Immutable apart from the breakers' states; thread-safe.</summary>
internal sealed class ResiliencyPolicies
{
    /// <summary>Ids come from callers, so the policies that are made on demand are not kept without bound.</summary>
    private const int MostKeptOnDemand = 1000;

    private readonly string _ownAppId;
    private readonly ResiliencyRuntime _runtime;
    private readonly RetryPolicy _builtIn;
    private readonly ResiliencePipeline<AttemptResult> _builtInPipeline;
    private readonly Dictionary<string, InvocationPolicy> _targets;
    private readonly Dictionary<string, InvocationPolicy> _outbound;
    private readonly Dictionary<string, InboundPolicy> _inbound;
    private readonly ConcurrentDictionary<string, InvocationPolicy> _onDemand = new(StringComparer.Ordinal);

    private ResiliencyPolicies(string ownAppId, ResiliencyRuntime runtime, MergedResources merged)
    {
        _ownAppId = ownAppId;
        _runtime = runtime;
        _builtIn = merged.BuiltIn;
        _builtInPipeline = InvocationPipelines.ForBuiltIn(_builtIn, runtime);
        _targets = merged.CreateTargets(runtime);
        _outbound = merged.CreateOutbound(runtime);
        _inbound = merged.CreateInbound(runtime);
    }

    /// <summary>
    /// Reads the documents in their order: a later resource replaces a policy and a whole target entry of the same name. A resource that
    /// is invalid is logged and dropped whole, one whose scopes do not name <paramref name="ownAppId"/> is skipped.
    /// </summary>
    /// <param name="random">Uniform in [0, 1), thread-safe.</param>
    public static ResiliencyPolicies Load(
        IEnumerable<ResourceDocument> resources, string ownAppId, TimeProvider time, Func<double> random, ILogger logger)
    {
        var merged = new MergedResources();
        foreach (var document in resources)
        {
            if (document.Kind != "Resiliency" || !document.IsFirst || (document.Scopes.Count > 0 && !document.Scopes.Contains(ownAppId, StringComparer.Ordinal)))
            {
                continue;
            }

            logger.Loading(document.Name);
            try
            {
                merged.Add(ResiliencyReader.Read(document), logger);
            }
            catch (InvalidResiliencyException error)
            {
                logger.Invalid(document.Name, error.Message, document.File);
            }
        }

        var runtime = new ResiliencyRuntime(time, random, logger);
        return new ResiliencyPolicies(ownAppId, runtime, merged);
    }

    /// <summary>The policy of a target entry, else the built-in retries. An id with a namespace (<c>app.default</c>) never has the entry of the plain id, as in daprd.</summary>
    public InvocationPolicy ForApp(string appId)
    {
        if (_targets.TryGetValue(appId, out var target))
        {
            return target;
        }

        if (_onDemand.TryGetValue(appId, out var known))
        {
            return known;
        }

        var policy = CreateWithoutEntry(appId);
        if (_onDemand.Count < MostKeptOnDemand)
        {
            _onDemand.TryAdd(appId, policy);
        }

        return policy;
    }

    /// <summary>What holds for this sidecar's calls of a component; null = nothing.</summary>
    public InvocationPolicy? ForComponentOutbound(string component) => _outbound.GetValueOrDefault(component);

    /// <summary>The retries of messages that a component brings to this sidecar's app; null = none.</summary>
    public InboundPolicy? ForInbound(string component) => _inbound.GetValueOrDefault(component);

    /// <summary>Every breaker that has been used, for metrics.</summary>
    public IEnumerable<BreakerSnapshot> GetBreakers() => _targets.Values.SelectMany(target => target.GetBreakers());

    private InvocationPolicy CreateWithoutEntry(string appId)
    {
        // daprd decides about built-in retries by the id without its namespace: an entry of that one switches them off. An invocation of
        // the own app never leaves the sidecar, so there is nothing to repeat.
        var plain = appId.Split('.')[0];
        return plain == _ownAppId || _targets.ContainsKey(plain)
            ? InvocationPolicy.None(appId, _runtime)
            : InvocationPolicy.ForBuiltIn(appId, _runtime, _builtIn, _builtInPipeline);
    }
}
