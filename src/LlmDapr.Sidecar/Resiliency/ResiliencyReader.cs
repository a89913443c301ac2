using LlmDapr.Sidecar.Resources;

namespace LlmDapr.Sidecar.Resiliency;

/// <summary>Reads one Resiliency document, or says with an <see cref="InvalidResiliencyException"/> why daprd would drop it.</summary>
internal static class ResiliencyReader
{
    public static ResiliencyResource Read(ResourceDocument document)
    {
        List<string> unknown = [];
        var root = new FieldReader(document.Root, document.Name, unknown);
        var spec = root.Mapping("spec");
        var policies = spec.Mapping("policies");
        var targets = spec.Mapping("targets");
        var resource = new ResiliencyResource
        {
            File = document.File,
            Name = document.Name,
            Timeouts = ReadTimeouts(policies.Mapping("timeouts")),
            Retries = policies.Mapping("retries").Mappings().ToDictionary(entry => entry.Name, entry => ReadRetry(entry.Name, entry.Fields)),
            CircuitBreakers = policies.Mapping("circuitBreakers").Mappings().ToDictionary(entry => entry.Name, entry => ReadBreaker(entry.Name, entry.Fields)),
            Apps = targets.Mapping("apps").Mappings().ToDictionary(entry => entry.Name, entry => ReadTarget(entry.Name, entry.Fields)),
            Components = targets.Mapping("components").Mappings().ToDictionary(entry => entry.Name, entry => ReadComponent(entry.Name, entry.Fields)),
            UnknownFields = unknown,
        };

        // Actors are not served.
        targets.Ignore("actors");
        targets.Finish();
        policies.Finish();
        spec.Finish();
        return resource;
    }

    private static Dictionary<string, TimeSpan> ReadTimeouts(FieldReader fields) => fields.Texts().ToDictionary(
        entry => entry.Name,
        entry => GoDuration.TryParse(entry.Value, out var duration)
            ? duration
            : throw new InvalidResiliencyException($"invalid duration \"{entry.Name}\", {entry.Value}: time: invalid duration \"{entry.Value}\""));

    private static RetryPolicy ReadRetry(string name, FieldReader fields)
    {
        var policy = new RetryPolicy
        {
            Name = name,
            Exponential = ReadForm(name, fields.Text("policy")),
            Duration = ReadDuration(name, fields, "duration") ?? TimeSpan.FromSeconds(5),
            MaxInterval = ReadDuration(name, fields, "maxInterval") ?? TimeSpan.FromSeconds(60),
            MaxRetries = fields.Whole("maxRetries") ?? -1,
        };
        var matching = fields.Mapping("matching");
        policy = policy with
        {
            HttpStatusCodes = StatusCodeSet.Parse(matching.Text("httpStatusCodes") ?? string.Empty, StatusCodeSet.Http),
            GrpcStatusCodes = StatusCodeSet.Parse(matching.Text("gRPCStatusCodes") ?? string.Empty, StatusCodeSet.Grpc),
        };
        matching.Finish();
        fields.Finish();
        return policy;
    }

    private static bool ReadForm(string name, string? form) => form?.ToUpperInvariant() switch
    {
        null or "" or "CONSTANT" => false,
        "EXPONENTIAL" => true,
        _ => throw Undecodable(name, "policy", $"invalid PolicyType \"{form}\": unexpected back off policy type: {form}"),
    };

    private static BreakerPolicy ReadBreaker(string name, FieldReader fields)
    {
        var maxRequests = fields.Whole("maxRequests") ?? 1;
        if (maxRequests < 0)
        {
            throw Undecodable(name, "maxRequests", $"{maxRequests} overflows uint: the number of probes must be 1 or more");
        }

        var interval = ReadDuration(name, fields, "interval") ?? TimeSpan.Zero;
        var timeout = ReadDuration(name, fields, "timeout") ?? TimeSpan.Zero;
        var policy = new BreakerPolicy
        {
            Name = name,
            MaxRequests = Math.Max(maxRequests, 1),
            Interval = interval,
            Timeout = timeout > TimeSpan.Zero ? timeout : TimeSpan.FromSeconds(60),
            Trip = ReadTrip(name, fields.Text("trip")),
        };
        fields.Finish();
        return policy;
    }

    private static TripExpression ReadTrip(string name, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return TripExpression.Default;
        }

        try
        {
            return TripExpression.Compile(text);
        }
        catch (InvalidResiliencyException error)
        {
            throw Undecodable(name, "trip", error.Message);
        }
    }

    private static TargetPolicy ReadTarget(string appId, FieldReader fields)
    {
        var size = fields.Whole("circuitBreakerCacheSize") ?? 0;
        if (size < 0)
        {
            throw new InvalidResiliencyException($"circuitBreakerCacheSize of target \"{appId}\" must be 1 or more, not {size}: must provide a positive size");
        }

        var target = new TargetPolicy
        {
            Timeout = fields.Text("timeout"),
            Retry = fields.Text("retry"),
            CircuitBreaker = fields.Text("circuitBreaker"),
            CircuitBreakerCacheSize = size == 0 ? TargetPolicy.DefaultBreakerCacheSize : size,
        };
        fields.Finish();
        return target;
    }

    private static ComponentTarget ReadComponent(string name, FieldReader fields)
    {
        var target = new ComponentTarget(ReadDirection("outbound"), ReadDirection("inbound"));
        fields.Finish();
        return target;

        TargetPolicy? ReadDirection(string direction)
        {
            var policies = fields.Mapping(direction);
            return policies.IsEmpty ? null : ReadTarget(name, policies);
        }
    }

    private static TimeSpan? ReadDuration(string policy, FieldReader fields, string field)
    {
        var text = fields.Text(field);
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        return GoDuration.TryParse(text, out var duration) ? duration : throw Undecodable(policy, field, $"invalid duration \"{text}\"");
    }

    /// <summary>daprd's words, which say "retry" for a breaker, too.</summary>
    private static InvalidResiliencyException Undecodable(string policy, string field, string fault) =>
        new($"invalid retry configuration \"{policy}\": 1 error(s) decoding:\n\n* error decoding '{field}': {fault}");
}
