using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using LlmDapr.Contracts;
using LlmDapr.Testing;

namespace LlmDapr.System.Tests.Jobs;

/// <summary>Requests that come as CloudEvents, published by another app over its sidecar's HTTP API, and their result events.</summary>
public abstract class EventScenarios(JobSystem shared)
{
    private RunningSystem System => shared.System;

    private EventApp App => shared.App;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Publish_ARequest_EndsWithOneResultEvent()
    {
        const string Model = "sim?words=12&seed=821";
        await PublishAsync(EventApp.EventOf("event-821", EventApp.DataOf(Chat.Body(Model, "By event", stream: false))));

        var result = await App.ResultAsync("event-821", Ct);
        Assert.Equal((Topics.Results, "succeeded", Chat.Expected(Model, "By event")), (result.Topic, result.Status, result.Text));
        Assert.Equal(
            (result.Id, EventApp.AppId, 200),
            (result.Json.GetProperty("job_id").GetString(), result.Json.GetProperty("request_source").GetString(), result.Json.GetProperty("status_code").GetInt32()));

        await System.BecomesIdleAsync(Ct);
        Assert.Single(App.Of("event-821"));
        Assert.Equal(1, (await System.Simulator.OfAsync(Model, Ct)).Requests);
    }

    [Fact]
    public async Task Publish_SameIdAgain_IsOneCallAndAnotherSourceAnother()
    {
        const string Model = "sim?words=7&seed=822";
        var data = EventApp.DataOf(Chat.Body(Model, "Twice", stream: false));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => PublishAsync(EventApp.EventOf("event-822", data))));
        var first = await App.ResultAsync("event-822", Ct);

        await PublishAsync(EventApp.EventOf("event-822", data, source: "somebody-else"));
        await Eventually.TrueAsync(() => App.Of("event-822").Any(result => result.Id != first.Id), "the other source's result has come", Ct, TimeSpan.FromSeconds(40));
        await System.BecomesIdleAsync(Ct);
        Assert.Equal(2, (await System.Simulator.OfAsync(Model, Ct)).Requests);
        Assert.All(App.Of("event-822").Where(result => result.Id == first.Id), copy => Assert.Equal(first, copy));
    }

    [Fact]
    public async Task Publish_WithReplyTopic_TheResultGoesThereAlone()
    {
        const string Model = "sim?words=7&seed=823";
        await PublishAsync(EventApp.EventOf("event-823", EventApp.DataOf(Chat.Body(Model, "Elsewhere", stream: false), EventApp.ReplyTopic)));
        await App.ResultAsync("event-823", Ct);

        // Whatever comes after it on everyone's topic, it has not come there.
        await PublishAsync(EventApp.EventOf("event-823-b", EventApp.DataOf(Chat.Body(Model, "Everywhere", stream: false))));
        await App.ResultAsync("event-823-b", Ct);
        Assert.Equal([EventApp.ReplyTopic], App.Of("event-823").Select(result => result.Topic));
        Assert.Equal([Topics.Results], App.Of("event-823-b").Select(result => result.Topic));
    }

    [Theory]
    [InlineData("no-list", """{"body":{"model":"sim","messages":[{"role":"user","content":"x"}]},"reply_topic":"somebody-elses"}""", 400, "reply_topic", null)]
    [InlineData("no-kind", """{"kind":"images","body":{"model":"sim"}}""", 400, "kind", null)]
    [InlineData("streamed", """{"body":{"model":"sim","messages":[{"role":"user","content":"x"}],"stream":true}}""", 400, "stream", null)]
    [InlineData("no-model", """{"body":{"messages":[{"role":"user","content":"x"}]}}""", 400, "model", "missing_required_parameter")]
    [InlineData("no-such-model", """{"body":{"model":"nobody-has-it","messages":[{"role":"user","content":"x"}]}}""", 404, "model", "model_not_found")]
    [InlineData("context", """{"body":{"model":"sim?fault=context&seed=824","messages":[{"role":"user","content":"x"}]}}""", 400, "messages", "context_length_exceeded")]
    [InlineData("no-body", """{"kind":"chat.completions"}""", 400, null, "malformed")]
    [InlineData("no-object", "\"please\"", 400, null, "malformed")]
    public async Task Publish_CannotBeDone_EndsWithAnErrorResult(string id, string data, int status, string? param, string? code)
    {
        await PublishAsync(EventApp.EventOf($"event-824-{id}", data));
        var result = await App.ResultAsync($"event-824-{id}", Ct);

        Assert.Equal((Topics.Results, "failed", status), (result.Topic, result.Status, result.Json.GetProperty("status_code").GetInt32()));
        Assert.Equal((param, code), (TextOf(result.Error, "param"), TextOf(result.Error, "code")));

        // What was not understood at all is to be seen by the operator, too; what was refused is the sender's affair alone.
        if (code == "malformed")
        {
            await Eventually.TrueAsync(async () => await FindLetterAsync(id) is not null, "the dead letter is kept", Ct);
        }
        else
        {
            Assert.Null(await FindLetterAsync(id));
        }
    }

    [Fact]
    public async Task Publish_WithoutId_IsADeadLetterThatCanBeSentAgain()
    {
        const string Model = "sim?words=9&seed=825";
        await PublishAsync(EventApp.EventOf(null, EventApp.DataOf(Chat.Body(Model, "Nameless", stream: false)), source: "nameless-825"));
        await Eventually.TrueAsync(async () => await FindLetterAsync("nameless-825") is not null, "the dead letter is kept", Ct, TimeSpan.FromSeconds(40));
        Assert.Equal(0, (await System.Simulator.OfAsync(Model, Ct)).Requests);

        var letter = (await FindLetterAsync("nameless-825"))!;
        var id = letter.Value.GetProperty("id").GetString()!;
        Assert.Equal(("missing_id", Topics.Requests), (letter.Value.GetProperty("code").GetString(), letter.Value.GetProperty("topic").GetString()));

        using var redriven = await AdminAsync(HttpMethod.Post, $"/{id}/redrive");
        Assert.Equal(HttpStatusCode.NoContent, redriven.StatusCode);
        var result = await App.ResultAsync(id, Ct);
        Assert.Equal(("succeeded", Chat.Expected(Model, "Nameless"), "nameless-825"), (result.Status, result.Text, result.Json.GetProperty("request_source").GetString()));
        Assert.Null(await FindLetterAsync("nameless-825"));
        Assert.Equal(1, (await System.Simulator.OfAsync(Model, Ct)).Requests);
    }

    [Fact]
    public async Task DeadLetters_WithoutTheOperatorsKey_AreClosed()
    {
        using var answer = await System.Http.GetAsync(new Uri("/admin/dead-letters", UriKind.Relative), Ct);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    private static string? TextOf(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private async Task PublishAsync(string cloudEvent) => Assert.Equal(204, await App.PublishAsync(cloudEvent, Ct));

    /// <summary>The summary of the letter whose event has a text in it; null when there is none.</summary>
    private async Task<JsonElement?> FindLetterAsync(string text)
    {
        using var listed = await AdminAsync(HttpMethod.Get, "");
        Assert.Equal(HttpStatusCode.OK, listed.StatusCode);
        foreach (var summary in JsonElement.Parse(await listed.Content.ReadAsByteArrayAsync(Ct)).GetProperty("data").EnumerateArray())
        {
            using var shown = await AdminAsync(HttpMethod.Get, $"/{summary.GetProperty("id").GetString()}");
            if ((await shown.Content.ReadAsStringAsync(Ct)).Contains(text, StringComparison.Ordinal))
            {
                return summary;
            }
        }

        return null;
    }

    private async Task<HttpResponseMessage> AdminAsync(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, new Uri($"/admin/dead-letters{path}", UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", JobSystem.AdminKey);
        return await System.Http.SendAsync(request, Ct);
    }
}
