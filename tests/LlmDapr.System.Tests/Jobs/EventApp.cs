using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using LlmDapr.Contracts;
using LlmDapr.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LlmDapr.System.Tests.Jobs;

/// <summary>
/// Somebody else's Dapr app in the test's own process, in the place of the sample <c>event-caller</c>: it publishes requests over its sidecar's HTTP API, and keeps each copy of each result
/// event that comes. It listens before the system starts, whose run file it joins. Thread-safe.
/// </summary>
public sealed class EventApp : IAsyncDisposable
{
    /// <summary>The app-id: the components let it in.</summary>
    public const string AppId = "event-caller";

    /// <summary>A topic of its own for results, beside everyone's.</summary>
    public const string ReplyTopic = "replies-tests";

    private const string CloudEvent = "application/cloudevents+json";
    private static readonly Uri Publish = new($"/v1.0/publish/{DaprComponents.PubSub}/{Topics.Requests}", UriKind.Relative);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("llmdapr-event-app-");
    private readonly ConcurrentDictionary<string, ConcurrentQueue<EventDelivery>> _byRequest = new(StringComparer.Ordinal);
    private readonly WebApplication _app;
    private HttpClient? _sidecar;

    private EventApp()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapGet("/dapr/subscribe", () => new[] { Topics.Results, ReplyTopic }.Select(topic => new Dictionary<string, string>
        {
            ["pubsubname"] = DaprComponents.PubSub,
            ["topic"] = topic,
            ["route"] = $"/events/{topic}",
        }));
        _app.MapPost("/events/{topic}", TakeAsync);
    }

    /// <summary>Starts to listen.</summary>
    public static async Task<EventApp> StartAsync(CancellationToken cancellationToken)
    {
        var app = new EventApp();
        await app._app.StartAsync(cancellationToken);
        return app;
    }

    /// <summary>The run file with this app in it, and with components that let it read its own topic, too.</summary>
    public string Join(string runFile)
    {
        ArgumentNullException.ThrowIfNull(runFile);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Programs.Root, "components")))
        {
            var text = File.ReadAllText(file).Replace($"{AppId}={Topics.Results}", $"{AppId}={Topics.Results},{ReplyTopic}", StringComparison.Ordinal);
            File.WriteAllText(Path.Combine(_folder.FullName, Path.GetFileName(file)), text);
        }

        return runFile.Replace("resourcesPaths: [./components]", $"resourcesPaths: [{_folder.FullName}]", StringComparison.Ordinal)
            + string.Create(CultureInfo.InvariantCulture, $"\n  - appID: {AppId}\n    appDirPath: {_folder.FullName}\n    appPort: {new Uri(_app.Urls.Single()).Port}\n");
    }

    /// <summary>Meets its sidecar, which stays where it is when it is killed and started again.</summary>
    public void Meet(RunningSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        _sidecar = RunningSystem.CreateClient(new Uri($"http://127.0.0.1:{system.Report.App(AppId).DaprHttpPort}"));
    }

    /// <summary>An event that asks for work.</summary>
    public static string EventOf(string? id, string data, string source = AppId) =>
        $$"""{"specversion":"1.0","type":"llmdapr.request.v1","source":{{JsonSerializer.Serialize(source)}},{{(id is null ? "" : $"\"id\":{JsonSerializer.Serialize(id)},")}}"datacontenttype":"application/json","data":{{data}}}""";

    /// <summary>Data that asks for a chat completion.</summary>
    public static string DataOf(string body, string? replyTopic = null) =>
        $$"""{"kind":"{{LlmDapr.Contracts.Events.LlmRequestKinds.ChatCompletions}}","body":{{body}}{{(replyTopic is null ? "" : $",\"reply_topic\":{JsonSerializer.Serialize(replyTopic)}")}}}""";

    /// <summary>Publishes a CloudEvent on <see cref="Topics.Requests"/> and gives the sidecar's status.</summary>
    public async Task<int> PublishAsync(string cloudEvent, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(cloudEvent)) { Headers = { ContentType = new MediaTypeHeaderValue(CloudEvent) } };
        using var answer = await _sidecar!.PostAsync(Publish, content, cancellationToken);
        return (int)answer.StatusCode;
    }

    /// <summary>Every copy of the results of a request that has come so far.</summary>
    public IReadOnlyList<EventDelivery> Of(string requestId) => _byRequest.TryGetValue(requestId, out var copies) ? [.. copies] : [];

    /// <summary>The ids of the requests whose result has come.</summary>
    public IReadOnlyCollection<string> Answered => [.. _byRequest.Keys];

    /// <summary>The result of a request, once it has come.</summary>
    public async Task<EventDelivery> ResultAsync(string requestId, CancellationToken cancellationToken, TimeSpan? within = null)
    {
        await Eventually.TrueAsync(() => Of(requestId).Count > 0, $"the result of {requestId} has come", cancellationToken, within ?? TimeSpan.FromSeconds(40));
        return Of(requestId)[0];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _sidecar?.Dispose();
        await _app.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task TakeAsync(HttpContext context, string topic)
    {
        using var received = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        var data = received.RootElement.GetProperty("data");
        var delivery = new EventDelivery(topic, received.RootElement.GetProperty("id").GetString()!, data.GetRawText());
        _byRequest.GetOrAdd(data.GetProperty("request_id").GetString()!, _ => new ConcurrentQueue<EventDelivery>()).Enqueue(delivery);
    }
}
