using System.Globalization;
using LlmDapr.Benchmarks.Keys;

namespace LlmDapr.Benchmarks.Caching;

/// <summary>
/// What a hit of the prompt cache costs: a plain chat request of 4 KB, answered with 4 KB, against an endpoint of the same app that reads the same body and returns
/// the same bytes (for a hit from the state store, after one <c>GetState</c> through the sidecar). The two take turns in short rounds, so that whatever else
/// the machine does hits them alike; the ratio is the median of the rounds' own. What counts is how much a busy edge gets done; a lone connection, where the waking
/// of threads outweighs everything else, is shown beside it.
/// </summary>
internal static class CacheBenchmark
{
    private const int RequestBytes = 4096;
    private const int Rounds = 41;

    private static readonly int[] Connections = [1, 16];

    /// <summary>A hit from memory reaches at least 60 % of the bare endpoint's requests per second.</summary>
    public static async Task<int> MemoryAsync()
    {
        const double Limit = 0.6;
        await using var edge = await CachingEdge.StartAsync();
        var isMet = true;
        foreach (var connections in Connections)
        {
            var ratio = 1 / await CompareAsync(edge, CachingEdge.Bare, "endpoint that returns the bytes", "hit from memory", connections, callsPerRound: 2000);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  a hit reaches {ratio:0.00} of its requests per second (limit {Limit:0.0})"));
            isMet &= connections == 1 || ratio >= Limit;
        }

        return isMet ? 0 : 1;
    }

    /// <summary>A hit from the state store costs at most 1.3 times the endpoint that asks it, too.</summary>
    public static async Task<int> StoreAsync()
    {
        const double Limit = 1.3;
        await using var edge = await CachingEdge.StartAsync("--Cache:MemoryBytes=0", "--Cache:StoreTimeout=00:00:05");
        var isMet = true;
        foreach (var connections in Connections)
        {
            var ratio = await CompareAsync(edge, CachingEdge.BareAfterGetState, "endpoint with one GetState", "hit from the state store", connections, callsPerRound: 800);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  a hit costs {ratio:0.00} x that (limit {Limit:0.0})"));
            isMet &= connections == 1 || ratio <= Limit;
        }

        return isMet ? 0 : 1;
    }

    private static async Task<double> CompareAsync(CachingEdge edge, string bareRoute, string bareName, string hitName, int connections, int callsPerRound)
    {
        // Each connection has a prompt of its own: equal ones would share their reads of the state store.
        var bodies = Enumerable.Range(10, connections).Select(Body).ToList();
        using var bare = new Load(bareName, new Uri(edge.Address, bareRoute), bodies, null);
        using var hit = new Load(hitName, new Uri(edge.Address, CachingEdge.Chat), bodies, "hit");
        await Task.WhenAll(bodies.Select(body => KeptAsync(edge, body)));
        await bare.RunAsync(5 * callsPerRound, record: false);
        await hit.RunAsync(5 * callsPerRound, record: false);
        for (var round = 0; round < Rounds; round++)
        {
            await bare.RunAsync(callsPerRound, record: true);
            await hit.RunAsync(callsPerRound, record: true);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{connections} connection(s), {Rounds} rounds of {callsPerRound} calls, bodies of {bodies[0].Length} bytes; µs a call"));
        foreach (var load in new[] { bare, hit })
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {load.Name,-32}{load.Microseconds,8:0.0}"));
        }

        return bare.Rounds.Zip(hit.Rounds, (one, other) => other / one).Order().ElementAt(Rounds / 2);
    }

    // The first answer is kept in memory at once and in the state store soon; a hit says that it is there.
    private static async Task KeptAsync(CachingEdge edge, byte[] body)
    {
        using var http = LlmDapr.Testing.RunningSystem.CreateClient(edge.Address);
        for (var i = 0; i < 500; i++)
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new("application/json");
            using var response = await http.PostAsync(new Uri(edge.Address, CachingEdge.Chat), content);
            if (response.IsSuccessStatusCode && response.Headers.GetValues("x-llmdapr-cache").Single() == "hit")
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        throw new InvalidOperationException("The answer is not kept.");
    }

    private static byte[] Body(int number) => System.Text.Encoding.UTF8.GetBytes(
        System.Text.Encoding.UTF8.GetString(ChatRequest.OfAbout(RequestBytes, lines: 4)).Replace("\"stream\":true", $"\"seed\":{number}", StringComparison.Ordinal));
}
