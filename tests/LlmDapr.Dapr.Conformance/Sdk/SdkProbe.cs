using System.Text;
using System.Text.Json;
using Dapr;
using Dapr.Client;
using Grpc.Core;
using LlmDapr.Dapr.Conformance.Recordings;
using LlmDapr.Dapr.Conformance.Sidecars;

namespace LlmDapr.Dapr.Conformance.Sdk;

/// <summary>The steps of the recordings' probe, made with the real SDK. They build on each other.</summary>
internal sealed class SdkProbe(SidecarAddress address, string? token, string store, string pubsub) : IDisposable
{
    private static readonly StateOptions FirstWrite = new() { Concurrency = ConcurrencyMode.FirstWrite };
    private static readonly Dictionary<string, string> Ttl = new() { ["ttlInSeconds"] = "60" };

    private readonly DaprClient _client = Build(address, token);
    private string _first = "none";

    /// <summary>Makes a step; returns it as the recording writes one.</summary>
    public async Task<JsonElement> RunAsync(string step, CancellationToken cancel)
    {
        try
        {
            return JsonSerializer.SerializeToElement(new { result = await ResultAsync(step, cancel) }, PlainJson.Options);
        }
        catch (DaprException failed) when (failed.InnerException is RpcException rpc)
        {
            return JsonSerializer.SerializeToElement(
                new { result = (object?)null, error = $"DaprException: {failed.Message}", grpc = rpc.StatusCode.ToString(), detail = rpc.Status.Detail }, PlainJson.Options);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static DaprClient Build(SidecarAddress address, string? token)
    {
        var builder = new DaprClientBuilder().UseHttpEndpoint($"http://127.0.0.1:{address.Http}").UseGrpcEndpoint($"http://127.0.0.1:{address.Grpc}");
        return (token is null ? builder : builder.UseDaprApiToken(token)).Build();
    }

    private static async Task<string> Ok(Task done)
    {
        await done;
        return "ok";
    }

    private async Task<object?> ResultAsync(string step, CancellationToken cancel) => step switch
    {
        "wait" => await Ok(_client.WaitForSidecarAsync(cancel)),
        "health" => await _client.CheckHealthAsync(cancel),
        "save ttl" => await Ok(_client.SaveStateAsync(store, "k1", new { a = 1 }, metadata: Ttl, cancellationToken: cancel)),
        "save string" => await Ok(_client.SaveStateAsync(store, "ks", "hello", cancellationToken: cancel)),
        "save bytes" => await Ok(_client.SaveByteStateAsync(store, "kb", (byte[])[1, 2, 3], cancellationToken: cancel)),
        "get bytes" => Convert.ToBase64String((await _client.GetByteStateAsync(store, "kb", cancellationToken: cancel)).Span),
        "get" => await _client.GetStateAsync<JsonElement>(store, "k1", cancellationToken: cancel),
        "get missing" => await _client.GetStateAsync<string>(store, "nope", cancellationToken: cancel),
        "get+etag missing" => await ReadAsync<string>("nope", cancel),
        "get+etag" => await ReadAsync<JsonElement>("k1", cancel),
        "try save good etag" => await TrySaveGoodAsync(cancel),
        "try save stale etag" => await _client.TrySaveStateAsync(store, "k1", new { a = 3 }, _first, cancellationToken: cancel),
        "try save malformed etag" => await _client.TrySaveStateAsync(store, "k1", new { a = 3 }, "not-an-etag", cancellationToken: cancel),
        "try delete stale etag" => await _client.TryDeleteStateAsync(store, "k1", _first, cancellationToken: cancel),
        "save first-write existing" => await Ok(_client.SaveStateAsync(store, "k1", 5, FirstWrite, cancellationToken: cancel)),
        "save first-write new" => await Ok(_client.SaveStateAsync(store, "fw-new", 5, FirstWrite, cancellationToken: cancel)),
        "bulk get" => (await _client.GetBulkStateAsync(store, ["k1", "nope", "ks"], 2, cancellationToken: cancel)).Select(item => new { item.Key, item.Value, item.ETag }),
        "bulk save" => await Ok(_client.SaveBulkStateAsync(store, [new SaveStateItem<string>("b1", "v", ""), new SaveStateItem<string>("b2", "w", "")], cancel)),
        "bulk delete" => await Ok(_client.DeleteBulkStateAsync(store, [new BulkDeleteStateItem("b1", ""), new BulkDeleteStateItem("b2", "")], cancel)),
        "key with ||" => await Ok(_client.SaveStateAsync(store, "a||b", 1, cancellationToken: cancel)),
        "bad ttl" => await Ok(_client.SaveStateAsync(store, "kt", 1, metadata: new Dictionary<string, string> { ["ttlInSeconds"] = "x" }, cancellationToken: cancel)),
        "unknown store" => await _client.GetStateAsync<string>("nostore", "k", cancellationToken: cancel),
        "delete" => await Ok(_client.DeleteStateAsync(store, "k1", cancellationToken: cancel)),
        "delete missing" => await Ok(_client.DeleteStateAsync(store, "k1", cancellationToken: cancel)),
        "publish" => await Ok(_client.PublishEventAsync(pubsub, "orders", new { x = 1 }, cancel)),
        "publish ttl" => await Ok(_client.PublishEventAsync(pubsub, "orders", new { x = 2 }, Ttl, cancel)),
        "publish bytes" => await Ok(_client.PublishByteEventAsync(pubsub, "orders", Encoding.UTF8.GetBytes("plain"), "text/plain", cancellationToken: cancel)),
        "publish cloudevent" => await Ok(_client.PublishEventAsync(
            pubsub, "orders", new CloudEvent<JsonElement>(JsonSerializer.SerializeToElement(new { x = 4 })) { Source = new Uri("urn:me"), Type = "my.type", Subject = "s" }, cancel)),
        "publish unknown" => await Ok(_client.PublishEventAsync("nops", "orders", new { x = 1 }, cancel)),
        "metadata" => await MetadataAsync(cancel),
        "set metadata" => await Ok(_client.SetMetadataAsync("a", "b", cancel)),
        _ => throw new InvalidOperationException($"No step '{step}'."),
    };

    private async Task<object> ReadAsync<T>(string key, CancellationToken cancel)
    {
        var (value, etag) = await _client.GetStateAndETagAsync<T>(store, key, cancellationToken: cancel);
        _first = etag.Length > 0 ? etag : _first;
        return new { v = value, e = etag };
    }

    private async Task<object> TrySaveGoodAsync(CancellationToken cancel) =>
        await _client.TrySaveStateAsync(store, "k1", new { a = 2 }, _first, cancellationToken: cancel);

    private async Task<object> MetadataAsync(CancellationToken cancel)
    {
        var metadata = await _client.GetMetadataAsync(cancel);
        return new
        {
            metadata.Id,
            metadata.Actors,
            metadata.Extended,
            Components = metadata.Components.Select(component => new { component.Name, component.Type, component.Version, component.Capabilities }),
        };
    }
}
