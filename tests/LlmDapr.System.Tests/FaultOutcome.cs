using System.Text.Json.Nodes;
using LlmDapr.Contracts;
using LlmDapr.Testing;

namespace LlmDapr.System.Tests;

/// <summary>What a call of the fault matrix came to: for its caller, and at the provider.</summary>
internal sealed record FaultOutcome
{
    private const string Prompt = "What happens now?";

    /// <summary>The answer's status.</summary>
    public required int Status { get; init; }

    /// <summary>Who answered.</summary>
    public required string? Target { get; init; }

    /// <summary>The words that arrived.</summary>
    public required string Text { get; init; }

    /// <summary>The answer's <c>model</c>.</summary>
    public required string? Model { get; init; }

    /// <summary>The answer's <c>usage</c>, or null.</summary>
    public required JsonNode? Usage { get; init; }

    /// <summary>What the last chunk tells of a stream that was finished elsewhere, or null.</summary>
    public required JsonNode? Recovered { get; init; }

    /// <summary>The error object, of the answer or inside the stream.</summary>
    public required JsonNode? Error { get; init; }

    /// <summary>Whether a stream said <c>[DONE]</c>; a plain answer that was read whole has.</summary>
    public required bool IsDone { get; init; }

    /// <summary>Whether the connection broke before the answer's end.</summary>
    public required bool IsBroken { get; init; }

    /// <summary>From sending to the end.</summary>
    public required TimeSpan Took { get; init; }

    /// <summary>Arrivals at the primary, Unix milliseconds.</summary>
    public IReadOnlyList<long> Primary { get; init; } = [];

    /// <summary>Arrivals at the fallback, Unix milliseconds.</summary>
    public IReadOnlyList<long> Fallback { get; init; } = [];

    /// <summary>Calls a row's model and reads all of the answer. Then a plain request succeeds, and nothing of the row is in flight.</summary>
    public static async Task<FaultOutcome> OfAsync(RunningSystem system, FaultRow row, bool stream, CancellationToken cancellationToken)
    {
        var outcome = await CallAsync(system, row.Model(stream), stream, cancellationToken);
        using var next = await system.Http.PostAsync(Chat.Body("sim?words=3", Prompt, stream: false), cancellationToken);
        Assert.Equal(200, (int)next.StatusCode);
        foreach (var name in (string[])[row.Primary(stream), row.Healthy(stream)])
        {
            await Eventually.TrueAsync(async () => (await system.Simulator.OfAsync(name, cancellationToken)).InFlight == 0, $"nothing is in flight at {name}", cancellationToken);
        }

        return outcome with
        {
            Primary = await system.Simulator.ArrivalsAsync(row.Primary(stream), cancellationToken),
            Fallback = await system.Simulator.ArrivalsAsync(row.Healthy(stream), cancellationToken),
        };
    }

    /// <summary>Calls a model and reads all of the answer.</summary>
    public static async Task<FaultOutcome> CallAsync(RunningSystem system, string model, bool stream, CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        using var response = await system.Http.PostAsync(Chat.Body(model, Prompt, stream, stream ? ""","stream_options":{"include_usage":true}""" : string.Empty), cancellationToken);
        List<JsonNode> chunks = [];
        var (done, broken) = (false, false);
        if (stream && response.IsSuccessStatusCode)
        {
            var events = new List<string>();
            try
            {
                await Chat.ReadEventsAsync(response, events, cancellationToken);
            }
            catch (Exception e) when (e is IOException or HttpRequestException)
            {
                broken = true;
            }

            done = events is [.., "[DONE]"];
            chunks = [.. events.Where(data => data != "[DONE]").Select(data => JsonNode.Parse(data)!)];
        }
        else
        {
            chunks = [await Chat.JsonAsync(response, cancellationToken)];
            done = true;
        }

        return new FaultOutcome
        {
            Status = (int)response.StatusCode,
            Target = response.Headers.TryGetValues(HeaderNames.Target, out var target) ? target.Single() : null,
            Text = string.Concat(chunks.SelectMany(chunk => chunk["choices"]?.AsArray() ?? []).Select(choice => (choice![stream ? "delta" : "message"]?["content"])?.GetValue<string>())),
            Model = chunks.Select(chunk => chunk["model"]?.GetValue<string>()).FirstOrDefault(),
            Usage = chunks.Select(chunk => chunk["usage"]).LastOrDefault(usage => usage is not null),
            Recovered = chunks.LastOrDefault()?["x_llmdapr_recovered"],
            Error = chunks.Select(chunk => chunk["error"]).LastOrDefault(error => error is not null),
            IsDone = done,
            IsBroken = broken,
            Took = TimeProvider.System.GetElapsedTime(began),
        };
    }

    /// <summary>The answer is whole and right, with its usage, and comes from a simulator's model.</summary>
    /// <param name="target">The simulator's model.</param>
    public void IsWholeAnswerOf(string target)
    {
        IsWholeAnswer();
        Assert.Equal($"simulator/{target}", Target);
        Assert.Equal(target, Model);
    }

    /// <summary>The answer is whole and right, with its usage: not a word doubled or missing.</summary>
    public void IsWholeAnswer()
    {
        Assert.True(Status == 200, $"{Status} {Error?.ToJsonString()}");
        Assert.Null(Error);
        Assert.Equal(Chat.Expected("sim?words=60", Prompt), Text);
        Assert.Equal((true, false), (IsDone, IsBroken));
        Assert.True(Usage?["total_tokens"]?.GetValue<int>() > 0, $"no usage: {Usage}");
    }

    /// <summary>The stream broke, and says so: an error event, no <c>[DONE]</c>, no clean end; what came before it is right.</summary>
    public void IsVisiblyBroken()
    {
        Assert.Equal(200, Status);
        Assert.NotNull(Error);
        Assert.Equal((false, true), (IsDone, IsBroken));
        Assert.NotEmpty(Text);
        Assert.StartsWith(Text, Chat.Expected("sim?words=60", Prompt), StringComparison.Ordinal);
    }

    /// <summary>All attempts, in milliseconds since the first.</summary>
    public IReadOnlyList<long> Attempts()
    {
        var all = Primary.Concat(Fallback).Order().ToList();
        return [.. all.Select(at => at - all[0])];
    }
}
