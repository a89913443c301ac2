using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace LlmDapr.Simulator.Tests;

/// <summary>A simulator of its own for each test, and an HTTP client for it.</summary>
public abstract class SimulatorTest : IAsyncLifetime
{
    protected const string Question = "What does the river say?";

    private readonly SocketsHttpHandler _handler = new() { MaxConnectionsPerServer = 1000 };

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected RunningSimulator Simulator { get; private set; } = null!;

    protected HttpClient Http { get; private set; } = null!;

    protected virtual IEnumerable<string> Settings => [];

    public async ValueTask InitializeAsync()
    {
        Simulator = await RunningSimulator.StartAsync(Settings, cancellationToken: Cancel);
        Http = new HttpClient(_handler) { BaseAddress = Simulator.Address };
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Http.Dispose();
        await Simulator.DisposeAsync();
    }

    /// <summary>A chat request with the usual question; <paramref name="more"/> is added to the object: <c>"stream":true</c>.</summary>
    protected static string ChatBody(string model, string more = "") =>
        $$"""{"model":{{JsonSerializer.Serialize(model)}},"messages":[{"role":"user","content":"{{Question}}"}]{{(more.Length == 0 ? "" : ",")}}{{more}}}""";

    protected static StringContent Json(string body) => new(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));

    protected Task<HttpResponseMessage> PostAsync(string body, string path = "/v1/chat/completions") => Http.PostAsync(path, Json(body), Cancel);

    /// <summary>Sends a chat request and returns with the answer's headers.</summary>
    protected Task<HttpResponseMessage> SendAsync(string body, CancellationToken cancellationToken) =>
        Http.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = Json(body) }, HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    protected async Task<JsonElement> PostJsonAsync(string body, string path = "/v1/chat/completions")
    {
        using HttpResponseMessage response = await PostAsync(body, path);
        string text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {text}");
        return JsonElement.Parse(text);
    }

    /// <summary>Posts and checks that the answer is OpenAI's error object with exactly its four fields.</summary>
    protected async Task<JsonElement> PostErrorAsync(string body, int status, string path = "/v1/chat/completions")
    {
        using HttpResponseMessage response = await PostAsync(body, path);
        return await ErrorOfAsync(response, status);
    }

    protected static async Task<JsonElement> ErrorOfAsync(HttpResponseMessage response, int status)
    {
        string text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.Equal((status, "application/json"), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        JsonElement root = JsonElement.Parse(text);
        Assert.Equal(["error"], root.EnumerateObject().Select(property => property.Name));
        JsonElement error = root.GetProperty("error");
        Assert.Equal(["message", "type", "param", "code"], error.EnumerateObject().Select(property => property.Name));
        return error;
    }

    /// <summary>The data of a whole stream's events.</summary>
    protected async Task<List<string>> PostStreamAsync(string body)
    {
        using HttpResponseMessage response = await PostAsync(body);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return EventsOf(await response.Content.ReadAsStringAsync(Cancel));
    }

    protected static List<string> EventsOf(string stream)
    {
        string[] events = stream.Split("\n\n");
        Assert.Equal("", events[^1]);
        return [.. events[..^1].Select(e => e.StartsWith("data: ", StringComparison.Ordinal) ? e[6..] : throw new InvalidOperationException(e))];
    }

    protected static string ContentOf(IEnumerable<string> events, int choice = 0)
    {
        var text = new StringBuilder();
        foreach (JsonElement chunk in events.Where(data => data != "[DONE]").Select(data => JsonElement.Parse(data)))
        {
            foreach (JsonElement item in chunk.GetProperty("choices").EnumerateArray())
            {
                if (item.GetProperty("index").GetInt32() == choice && item.GetProperty("delta").TryGetProperty("content", out JsonElement content))
                {
                    text.Append(content.GetString());
                }
            }
        }

        return text.ToString();
    }

    protected static string Answer(int words = 60, int choice = 0) =>
        LlmDapr.Simulator.Answers.SimulatedAnswer.TextFor("sim", [("user", Question)], words, choice);
}
