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

    public Dictionary<string, InvocationPolicy> CreateTargets(ResiliencyRuntime runtime) =>
        _apps.ToDictionary(target => target.Key, target => Create(target.Key, target.Value, isComponent: false, runtime), StringComparer.Ordinal);

    /// <summary>The policies of calls of a component, by its name.</summary>
    public Dictionary<string, InvocationPolicy> CreateOutbound(ResiliencyRuntime runtime) =>
        _components
            .Where(target => target.Value.Outbound is not null)
            .ToDictionary(target => target.Key, target => Create(target.Key, target.Value.Outbound!, isComponent: true, runtime), StringComparer.Ordinal);

    /// <summary>The policies of messages that a component brings, by its name.</summary>
    public Dictionary<string, InboundPolicy> CreateInbound(ResiliencyRuntime runtime)
    {
        var policies = new Dictionary<string, InboundPolicy>(StringComparer.Ordinal);
        foreach (var (name, target) in _components)
        {
            if (target.Inbound is not { } inbound)
            {
                continue;
            }

            Warn(name, inbound, runtime.Logger);
            if (!string.IsNullOrEmpty(inbound.CircuitBreaker))
            {
                runtime.Logger.InboundBreakerNotApplied(name, inbound.CircuitBreaker);
            }

            if (_retries.GetValueOrDefault(inbound.Retry ?? string.Empty) is { } retry)
            {
                policies[name] = new InboundPolicy(name, retry, runtime);
            }
        }

        return policies;
    }

    private InvocationPolicy Create(string name, TargetPolicy target, bool isComponent, ResiliencyRuntime runtime)
    {
        Warn(name, target, runtime.Logger);
        var breakers = target.CircuitBreaker is { } policy && _breakers.TryGetValue(policy, out var breaker)
            ? CreateBreakers(name, breaker, target.CircuitBreakerCacheSize, runtime)
            : null;
        var retry = _retries.GetValueOrDefault(target.Retry ?? string.Empty);
        return isComponent
            ? InvocationPolicy.ForComponent(name, runtime, retry, breakers)
            : InvocationPolicy.ForTarget(name, runtime, retry, breakers);
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
        new(capacity, method => new CircuitBreaker(policy, runtime.Time, (from, to) => runtime.Logger.BreakerChanged(method.Length > 0 ? $"{appId}:{method}" : appId, from.Name(), to.Name())));

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
