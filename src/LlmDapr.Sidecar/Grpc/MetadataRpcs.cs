using System.Globalization;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using LlmDapr.Sidecar.Hosting;
using LlmDapr.Sidecar.Metadata;
using LlmDapr.Sidecar.PubSub.Subscriptions;
using static Dapr.Client.Autogen.Grpc.v1.ActorRuntime.Types;

namespace LlmDapr.Sidecar.Grpc;

/// <summary>The sidecar's metadata over gRPC: the same as over HTTP.</summary>
internal sealed class MetadataRpcs(SidecarInstance sidecar, MetadataStore metadata)
{
    /// <summary><c>GetMetadata</c>.</summary>
    public Task<GetMetadataResponse> GetAsync(GetMetadataRequest request, ServerCallContext context)
    {
        var answer = new GetMetadataResponse
        {
            Id = sidecar.AppId,
            RuntimeVersion = MetadataStore.Version,
            ActorRuntime = sidecar.NotReady is null
                ? new ActorRuntime { RuntimeStatus = ActorRuntimeStatus.Disabled, Placement = "placement: disconnected" }
                : new ActorRuntime { RuntimeStatus = ActorRuntimeStatus.Initializing },
            Workflows = new MetadataWorkflows(),
        };
        answer.EnabledFeatures.AddRange(sidecar.Features);
        foreach (var (key, value) in metadata.Extended)
        {
            answer.ExtendedMetadata[key] = value;
        }

        foreach (var component in sidecar.Components)
        {
            var registered = new RegisteredComponents { Name = component.Name, Type = component.Type, Version = component.Version };
            registered.Capabilities.AddRange(ComponentList.Capabilities(component.Type));
            answer.RegisteredComponents.Add(registered);
        }

        answer.Subscriptions.AddRange(sidecar.Subscriptions.Select(Write));
        answer.AppConnectionProperties = App(sidecar.Options);
        return Task.FromResult(answer);
    }

    /// <summary><c>SetMetadata</c>.</summary>
    public Task<Empty> SetAsync(SetMetadataRequest request, ServerCallContext context)
    {
        metadata.Set(request.Key, request.Value);
        return Task.FromResult(new Empty());
    }

    private static PubsubSubscription Write(Subscription subscription)
    {
        var answer = new PubsubSubscription
        {
            PubsubName = subscription.PubSubName,
            Topic = subscription.Topic,
            DeadLetterTopic = subscription.DeadLetterTopic ?? "",
            Type = subscription.Kind == SubscriptionKind.Declarative ? PubsubSubscriptionType.Declarative : PubsubSubscriptionType.Programmatic,
            Rules = new PubsubSubscriptionRules(),
        };
        foreach (var (key, value) in subscription.Metadata)
        {
            answer.Metadata[key] = value;
        }

        answer.Rules.Rules.AddRange(subscription.Rules.Select(rule => new PubsubSubscriptionRule { Match = rule.Match, Path = rule.Path }));
        return answer;
    }

    private static AppConnectionProperties App(SidecarOptions options)
    {
        var app = new AppConnectionProperties
        {
            Port = options.AppPort,
            Protocol = "http",
            ChannelAddress = options.AppChannelAddress,
            MaxConcurrency = Math.Max(options.AppMaxConcurrency, 0),
        };
        if (options.EnableAppHealthCheck)
        {
            app.Health = new AppConnectionHealthProperties
            {
                HealthCheckPath = options.AppHealthCheckPath,
                HealthProbeInterval = string.Create(CultureInfo.InvariantCulture, $"{options.AppHealthProbeInterval.TotalSeconds}s"),
                HealthProbeTimeout = string.Create(CultureInfo.InvariantCulture, $"{options.AppHealthProbeTimeout.TotalMilliseconds}ms"),
                HealthThreshold = options.AppHealthThreshold,
            };
        }

        return app;
    }
}
