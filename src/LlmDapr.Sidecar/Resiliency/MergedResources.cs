namespace LlmDapr.Sidecar.Resiliency;

/// <summary>What the resources say together, and the warnings about what daprd takes in silence.</summary>
internal sealed class MergedResources
{
    private readonly Dictionary<string, RetryPolicy> _retries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, BreakerPolicy> _breakers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _timeouts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TargetPolicy> _apps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ComponentTarget> _components = new(StringComparer.Ordinal);

    public RetryPolicy BuiltIn { get; private set; } = RetryPolicy.BuiltIn;

    public void Add(ResiliencyResource resource, ILogger logger)
    {
        foreach (var field in resource.UnknownFields)
        {
            logger.UnknownField(field, resource.File);
        }

        foreach (var (name, retry) in resource.Retries)
        {
            AddRetry(name, retry, logger);
        }

        foreach (var (name, breaker) in resource.CircuitBreakers)
        {
            _breakers[name] = breaker;
            WarnOfDefault(name, logger);
            if (breaker.Trip.FindFault() is { } fault)
            {
                logger.NeverTrips(name, breaker.Trip.Text, fault);
            }
        }

        foreach (var name in resource.Timeouts.Keys)
        {
            _timeouts.Add(name);
            WarnOfDefault(name, logger);
        }

        foreach (var (appId, target) in resource.Apps)
        {
            _apps[appId] = target;
        }

        foreach (var (name, target) in resource.Components)
        {
            _components[name] = target;
        }
    }

    public Dictionary<string, InvocationPolicy> CreateTargets(ResiliencyRuntime runtime)
    {
        var targets = new Dictionary<string, InvocationPolicy>(StringComparer.Ordinal);
        foreach (var (appId, target) in _apps)
        {
            Warn(appId, target, runtime.Logger);
            var breakers = target.CircuitBreaker is { } name && _breakers.TryGetValue(name, out var breaker)
                ? CreateBreakers(appId, breaker, target.CircuitBreakerCacheSize, runtime)
                : null;
            targets[appId] = InvocationPolicy.ForTarget(appId, runtime, _retries.GetValueOrDefault(target.Retry ?? string.Empty), breakers);
        }

        return targets;
    }

    /// <summary>The inbound policies of components that have one.</summary>
    public Dictionary<string, InboundPolicy> CreateInbound(ResiliencyRuntime runtime)
    {
        var policies = new Dictionary<string, InboundPolicy>(StringComparer.Ordinal);
        foreach (var (name, target) in _components)
        {
            Warn($"{name}.inbound", target.Inbound, runtime.Logger);
            if (!string.IsNullOrEmpty(target.Inbound.CircuitBreaker))
            {
                runtime.Logger.InboundBreakerNotApplied(name, target.Inbound.CircuitBreaker);
            }

            if (_retries.GetValueOrDefault(target.Inbound.Retry ?? string.Empty) is { } retry)
            {
                policies[name] = new InboundPolicy(name, retry, runtime);
            }
        }

        return policies;
    }

    private void AddRetry(string name, RetryPolicy retry, ILogger logger)
    {
        if (name == RetryPolicy.BuiltInName)
        {
            if (retry.MaxRetries < RetryPolicy.BuiltInMinimum)
            {
                logger.BuiltInRaised(name, RetryPolicy.BuiltInMinimum);
                retry = retry with { MaxRetries = RetryPolicy.BuiltInMinimum };
            }

            BuiltIn = retry;
        }

        _retries[name] = retry;
        WarnOfDefault(name, logger);
    }

    private static BreakerCache CreateBreakers(string appId, BreakerPolicy policy, int capacity, ResiliencyRuntime runtime) =>
        new(capacity, method => new CircuitBreaker(policy, runtime.Time, (from, to) => runtime.Logger.BreakerChanged(appId, method, from.Name(), to.Name())));

    private void Warn(string appId, TargetPolicy target, ILogger logger)
    {
        if (!string.IsNullOrEmpty(target.Timeout))
        {
            logger.TimeoutNotApplied(appId, target.Timeout);
        }

        WarnOfUnknown(appId, "timeout", target.Timeout, _timeouts.Contains, logger);
        WarnOfUnknown(appId, "retry", target.Retry, _retries.ContainsKey, logger);
        WarnOfUnknown(appId, "circuitBreaker", target.CircuitBreaker, _breakers.ContainsKey, logger);
    }

    private static void WarnOfUnknown(string appId, string field, string? policy, Predicate<string> exists, ILogger logger)
    {
        if (!string.IsNullOrEmpty(policy) && !exists(policy))
        {
            logger.UnknownPolicy(appId, field, policy);
        }
    }

    /// <summary>daprd applies policies of these names to every target without an entry; the development sidecar does not.</summary>
    private static void WarnOfDefault(string name, ILogger logger)
    {
        if (name.StartsWith("Default", StringComparison.Ordinal) && name.EndsWith("Policy", StringComparison.Ordinal))
        {
            logger.DefaultNotApplied(name);
        }
    }
}
