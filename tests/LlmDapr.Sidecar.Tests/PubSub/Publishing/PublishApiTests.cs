using System.Net;
using System.Text;
using LlmDapr.Sidecar.Hosting;
using LlmDapr.Sidecar.PubSub.Publishing;
using Microsoft.Extensions.Logging.Testing;

namespace LlmDapr.Sidecar.Tests.PubSub.Publishing;

public sealed class PublishApiTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("POST", "/v1.0/publish/ps/t", true)]
    [InlineData("PUT", "/v1.0/publish/ps/a/b/c", true)]
    [InlineData("POST", "/v1.0/publish/bulk/t", true)]
    [InlineData("POST", "/v1.0/publish/bulk/ps/t", false)]
    [InlineData("POST", "/v1.0/publish/ps", false)]
    [InlineData("GET", "/v1.0/publish/ps/t", false)]
    public void IsPublish_ByVerbAndPath_KnowsItsRoute(string verb, string path, bool isPublish) => Assert.Equal(isPublish, PublishApi.IsPublish(verb, path));

    [Theory]
    [InlineData("pubsub/t?metadata.a%20b=1", 400, "ERR_PUBSUB_REQUEST_METADATA", "the key 'a b' is no header name")]
    [InlineData("pubsub/t?metadata.a=x%0Ay", 400, "ERR_PUBSUB_REQUEST_METADATA", "the value of 'a' has a line break")]
    [InlineData("pubsub/t?metadata.rawPayload=true", 501, "ERR_PUBSUB_NOT_SUPPORTED", "rawPayload: not served by the development sidecar; use daprd for it")]
    [InlineData("bulk/pubsub/t", 501, "ERR_PUBSUB_NOT_SUPPORTED", "bulk publish: not served by the development sidecar; use daprd for it")]
    [InlineData("other/t", 404, "ERR_PUBSUB_NOT_FOUND", "pubsub other is not found")]
    public async Task Publish_WhatIsNotTaken_SaysWhatToDo(string target, int status, string code, string text)
    {
        using var files = new PubSubFiles();
        var loggers = new FakeLoggerProvider();
        await using var host = await SidecarHost.StartAsync([new SidecarOptions { AppId = "app", ResourcesPaths = [files.Path] }], new LoggerFactory([loggers]), cancellationToken: Cancel);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{host.Instances[0].HttpPort}/v1.0/publish/") };

        using var answer = await client.PostAsync(new Uri(target, UriKind.Relative), new StringContent("[]", Encoding.UTF8, "application/json"), Cancel);

        Assert.Equal((HttpStatusCode)status, answer.StatusCode);
        var body = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.Contains($"\"errorCode\":\"{code}\"", body, StringComparison.Ordinal);
        Assert.Contains(text, body, StringComparison.Ordinal);
        if (status != 404)
        {
            Assert.Contains(loggers.Collector.GetSnapshot(), line => line.Level == LogLevel.Warning && line.Message.Contains("daprd", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Publish_BodyOverTheLimit_IsRefusedWholeAndReadable(bool chunked)
    {
        using var files = new PubSubFiles();
        await using var host = await SidecarHost.StartAsync([new SidecarOptions { AppId = "app", ResourcesPaths = [files.Path], MaxBodySize = 1000 }], cancellationToken: Cancel);
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"http://127.0.0.1:{host.Instances[0].HttpPort}/v1.0/publish/pubsub/t")) { Content = new ByteArrayContent(new byte[1001]) };
        request.Headers.TransferEncodingChunked = chunked;

        using var answer = await client.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Contains("error when publishing to topic t in pubsub pubsub: stream too large", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }
}
