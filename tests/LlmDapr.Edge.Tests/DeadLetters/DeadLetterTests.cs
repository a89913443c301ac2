using System.Net;
using LlmDapr.Edge.Tests.Hosting;

namespace LlmDapr.Edge.Tests.DeadLetters;

public sealed class DeadLetterTests
{
    private const string Ours = """
        {"id":"d1","source":"generation","type":"llmdapr.dead.v1","specversion":"1.0","datacontenttype":"application/json",
         "data":{"topic":"llm-requests","code":"missing_id","reason":"The event has no id.","event":{"source":"app","data":{"body":{"model":"m"}}},"dead_at":"2026-01-01T00:00:00+00:00"}}
        """;

    private static readonly (string, string) Admin = ("Authorization", "Bearer admin");

    [Fact]
    public async Task List_LetterThatCameTwice_IsThereOnce()
    {
        await using var host = await JobsHost.StartAsync();
        await DeliverAsync(host, Ours);
        await DeliverAsync(host, Ours);

        var list = await JobsHost.JsonAsync(await host.SendAsync(HttpMethod.Get, "/admin/dead-letters", Admin));

        var letter = Assert.Single(list.GetProperty("data").EnumerateArray());
        Assert.Equal("missing_id", letter.GetProperty("code").GetString());
        Assert.Equal("llm-requests", letter.GetProperty("topic").GetString());
        var whole = await JobsHost.JsonAsync(await host.SendAsync(HttpMethod.Get, $"/admin/dead-letters/{letter.GetProperty("id").GetString()}", Admin));
        Assert.Equal("app", whole.GetProperty("letter").GetProperty("event").GetProperty("source").GetString());
    }

    [Fact]
    public async Task Redrive_EventOfOurs_IsPublishedAndForgotten()
    {
        await using var host = await JobsHost.StartAsync();
        await DeliverAsync(host, Ours);
        var id = await OnlyAsync(host);

        var first = await host.SendAsync(HttpMethod.Post, $"/admin/dead-letters/{id}/redrive", Admin);
        var second = await host.SendAsync(HttpMethod.Post, $"/admin/dead-letters/{id}/redrive", Admin);

        Assert.Equal(HttpStatusCode.NoContent, first.StatusCode);
        Assert.Equal("dead_letter_not_found", (await EdgeHost.ErrorAsync(second)).Code);
        Assert.Empty((await JobsHost.JsonAsync(await host.SendAsync(HttpMethod.Get, "/admin/dead-letters", Admin))).GetProperty("data").EnumerateArray());
    }

    [Theory]
    [InlineData("not json at all")]
    [InlineData("""{"id":"x","topic":"somebody-elses","data":1}""")]
    public async Task Redrive_WhatIsNoEventOfOurs_IsRefusedAndKept(string delivered)
    {
        await using var host = await JobsHost.StartAsync();
        await DeliverAsync(host, delivered);
        var id = await OnlyAsync(host);

        var error = await EdgeHost.ErrorAsync(await host.SendAsync(HttpMethod.Post, $"/admin/dead-letters/{id}/redrive", Admin));

        Assert.Equal((409, "not_redrivable"), (error.Status, error.Code));
        Assert.Equal(id, await OnlyAsync(host));
    }

    [Fact]
    public async Task Delete_Letter_IsGone()
    {
        await using var host = await JobsHost.StartAsync();
        await DeliverAsync(host, Ours);
        var id = await OnlyAsync(host);

        Assert.Equal(HttpStatusCode.NoContent, (await host.SendAsync(HttpMethod.Delete, $"/admin/dead-letters/{id}", Admin)).StatusCode);
        Assert.Equal(404, (await EdgeHost.ErrorAsync(await host.SendAsync(HttpMethod.Get, $"/admin/dead-letters/{id}", Admin))).Status);
    }

    [Theory]
    [InlineData(null, 401)]
    [InlineData("Bearer other", 401)]
    [InlineData("Bearer admi", 401)]
    public async Task Admin_WithoutTheKey_IsRefused(string? authorization, int status)
    {
        await using var host = await JobsHost.StartAsync();

        var response = await host.SendAsync(HttpMethod.Get, "/admin/dead-letters", authorization is null ? [] : [("Authorization", authorization)]);

        Assert.Equal((status, "invalid_admin_key"), ((await EdgeHost.ErrorAsync(response)) is var error ? (error.Status, error.Code) : default));
    }

    [Fact]
    public async Task Admin_NoKeySet_IsClosed()
    {
        await using var host = await JobsHost.StartAsync("--LLMDAPR_ADMIN_KEY=");

        var error = await EdgeHost.ErrorAsync(await host.SendAsync(HttpMethod.Get, "/admin/dead-letters", ("Authorization", "Bearer ")));

        Assert.Equal((403, "admin_closed"), (error.Status, error.Code));
    }

    [Fact]
    public async Task Subscriptions_Edge_AsksForDeadLettersOnly()
    {
        await using var host = await JobsHost.StartAsync();

        var subscription = Assert.Single((await JobsHost.JsonAsync(await host.SendAsync(HttpMethod.Get, "/dapr/subscribe"))).EnumerateArray());

        Assert.Equal("llm-dead", subscription.GetProperty("topic").GetString());
    }

    [Fact]
    public async Task Event_WithoutTheAppToken_IsRefused()
    {
        await using var host = await JobsHost.StartAsync("--APP_API_TOKEN=secret");

        var without = await host.Edge.SendAsync(EdgeHost.Request(Ours, "/events/dead", "application/cloudevents+json"));
        var with = await host.Edge.SendAsync(EdgeHost.Request(Ours, "/events/dead", "application/cloudevents+json", ("dapr-api-token", "secret")));

        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        Assert.Equal(HttpStatusCode.OK, with.StatusCode);
    }

    private static async Task DeliverAsync(JobsHost host, string cloudEvent)
    {
        var answer = await host.Edge.SendAsync(EdgeHost.Request(cloudEvent, "/events/dead", "application/cloudevents+json"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task<string> OnlyAsync(JobsHost host)
    {
        var list = await JobsHost.JsonAsync(await host.SendAsync(HttpMethod.Get, "/admin/dead-letters", Admin));
        return Assert.Single(list.GetProperty("data").EnumerateArray()).GetProperty("id").GetString()!;
    }
}
