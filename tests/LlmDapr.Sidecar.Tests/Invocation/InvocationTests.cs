using System.Net;
using System.Text;
using LlmDapr.Sidecar.Tests.InProcess;
using Microsoft.AspNetCore.Http;

namespace LlmDapr.Sidecar.Tests.Invocation;

/// <summary>Service invocation over real sockets, both sidecars and the app in this process.</summary>
public sealed class InvocationTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("get", 0, "none")]
    [InlineData("post", 0, "none")]
    [InlineData("post", 100_000, "length")]
    [InlineData("post", 3_000_000, "length")]
    [InlineData("post", 3_000_000, "chunked")]
    public async Task Invoke_RequestOfAnySize_ArrivesByteForByte(string verb, int size, string framing)
    {
        var bytes = new byte[size];
        new Random(7).NextBytes(bytes);
        await using var app = await TestApp.StartAsync(context => context.Request.Body.CopyToAsync(context.Response.Body, context.RequestAborted), Cancel);
        await using var pair = await SidecarPair.StartAsync(app.Port);

        using var request = new HttpRequestMessage(new HttpMethod(verb.ToUpperInvariant()), SidecarPair.Method("echo")) { Content = size == 0 ? null : new ByteArrayContent(bytes) };
        request.Headers.TransferEncodingChunked = framing == "chunked";
        using var answer = await pair.Client.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(bytes, await answer.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Equal(1, app.Requests);
    }

    [Fact]
    public async Task Invoke_AppStillWrites_TheFirstBytesAreThere()
    {
        var readFirst = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await TestApp.StartAsync(
            async context =>
            {
                await context.Response.WriteAsync("first", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await readFirst.Task;
                await context.Response.WriteAsync("second", context.RequestAborted);
            },
            Cancel);
        await using var pair = await SidecarPair.StartAsync(app.Port);

        using var answer = await pair.Client.GetAsync(SidecarPair.Method("stream"), HttpCompletionOption.ResponseHeadersRead, Cancel);
        await using var body = await answer.Content.ReadAsStreamAsync(Cancel);
        var first = new byte[5];
        await body.ReadExactlyAsync(first, Cancel);
        Assert.Equal(1, pair.Caller.CallsInFlight);
        readFirst.SetResult();
        using var rest = new StreamReader(body);

        Assert.Equal(("first", "second"), (Encoding.ASCII.GetString(first), await rest.ReadToEndAsync(Cancel)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Invoke_CallerLeaves_TheAppsRequestIsAborted(bool afterTheHead)
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await TestApp.StartAsync(
            async context =>
            {
                context.RequestAborted.Register(aborted.SetResult);
                if (afterTheHead)
                {
                    await context.Response.WriteAsync("begun", context.RequestAborted);
                    await context.Response.Body.FlushAsync(context.RequestAborted);
                }

                arrived.SetResult();
                await aborted.Task;
            },
            Cancel);
        await using var pair = await SidecarPair.StartAsync(app.Port);

        using (var leaving = CancellationTokenSource.CreateLinkedTokenSource(Cancel))
        {
            var call = pair.Client.PostAsync(SidecarPair.Method("slow"), new StringContent("x"), leaving.Token);
            await arrived.Task.WaitAsync(Cancel);
            await leaving.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        }

        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        await IdleAsync(pair);
    }

    [Theory]
    [InlineData("GET", 0)]
    [InlineData("GET", 1)]
    [InlineData("POST", 0)]
    [InlineData("POST", 1)]
    [InlineData("DELETE", 1)]
    public async Task Invoke_AppClosesWithoutAnAnswer_ItGotTheRequestOnce(string verb, int answersBefore)
    {
        await using var app = ResetApp.Start(answersBefore);
        await using var pair = await SidecarPair.StartAsync(app.Port);
        for (var i = 0; i < answersBefore; i++)
        {
            // Leaves a pooled connection behind, on which HttpClient would repeat a request.
            Assert.Equal("ok", await pair.Client.GetStringAsync(SidecarPair.Method("warm"), Cancel));
        }

        using var request = new HttpRequestMessage(new HttpMethod(verb), SidecarPair.Method("x"));
        using var answer = await pair.Client.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Contains(": EOF\"", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal(answersBefore + 1, app.Requests);
        await IdleAsync(pair);
    }

    [Fact]
    public async Task Invoke_RetryPolicy_EachAttemptHasTheWholeBody()
    {
        var folder = Directory.CreateTempSubdirectory("llmdapr-retry-");
        await File.WriteAllTextAsync(
            Path.Combine(folder.FullName, "r.yaml"),
            "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: { name: r }\nspec:\n  policies:\n    retries:\n      r: { policy: constant, duration: 1ms, maxRetries: 2 }\n  targets:\n    apps:\n      callee: { retry: r }\n",
            Cancel);
        var bodies = new List<string>();
        await using var app = await TestApp.StartAsync(
            async context =>
            {
                using var reader = new StreamReader(context.Request.Body);
                bodies.Add(await reader.ReadToEndAsync(context.RequestAborted));
                context.Response.StatusCode = bodies.Count < 3 ? 503 : 200;
                context.Response.Headers["x-attempt"] = $"{bodies.Count}";
                await context.Response.WriteAsync($"attempt {bodies.Count}", context.RequestAborted);
            },
            Cancel);
        await using var pair = await SidecarPair.StartAsync(app.Port, caller: options => options with { ResourcesPaths = [folder.FullName] });

        using var answer = await pair.Client.PostAsync(SidecarPair.Method("x"), new StringContent("the body"), Cancel);

        Assert.Equal(["the body", "the body", "the body"], bodies);
        Assert.Equal((HttpStatusCode.OK, "attempt 3"), (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel)));
        Assert.Equal("3", Assert.Single(answer.Headers.GetValues("x-attempt")));
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Invoke_ManyStreamsAtOnce_AllAreCompleteAndNothingStaysInFlight()
    {
        await using var app = await TestApp.StartAsync(
            async context =>
            {
                for (var i = 0; i < 5; i++)
                {
                    await context.Response.WriteAsync($"data: {context.Request.Path} {i}\n\n", context.RequestAborted);
                    await context.Response.Body.FlushAsync(context.RequestAborted);
                    await Task.Yield();
                }
            },
            Cancel);
        await using var pair = await SidecarPair.StartAsync(app.Port);

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => pair.Client.GetStringAsync(SidecarPair.Method($"s{i}"), Cancel)));

        Assert.All(answers.Index(), answer => Assert.EndsWith($"data: /s{answer.Index} 4\n\n", answer.Item, StringComparison.Ordinal));
        await IdleAsync(pair);
    }

    [Fact]
    public async Task Invoke_BodyOneByteOverTheLimitInChunks_IsRefusedAndNotCutShort()
    {
        await using var app = await TestApp.StartAsync(context => context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted), Cancel);
        await using var pair = await SidecarPair.StartAsync(app.Port, caller: options => options with { MaxBodySize = 1000 });

        using var request = new HttpRequestMessage(HttpMethod.Post, SidecarPair.Method("x")) { Content = new ByteArrayContent(new byte[1001]) };
        request.Headers.TransferEncodingChunked = true;
        using var answer = await pair.Client.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Contains("err: stream too large", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_MadeUpCallerIdentity_IsReplacedByTheTrueOne()
    {
        string? seen = null;
        await using var app = await TestApp.StartAsync(
            context =>
            {
                seen = context.Request.Headers["dapr-caller-app-id"];
                return Task.CompletedTask;
            },
            Cancel);
        await using var pair = await SidecarPair.StartAsync(app.Port);
        using var request = new HttpRequestMessage(HttpMethod.Get, SidecarPair.Method("x"));
        request.Headers.Add("dapr-caller-app-id", "somebody-else");

        using var answer = await pair.Client.SendAsync(request, Cancel);

        Assert.Equal("caller", seen);
    }

    // The caller has its answer a moment before the sidecar's own end of the call.
    private static async Task IdleAsync(SidecarPair pair)
    {
        for (var i = 0; i < 1000 && pair.Caller.CallsInFlight > 0; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancel);
        }

        Assert.Equal(0, pair.Caller.CallsInFlight);
    }
}
