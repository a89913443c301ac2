using LlmDapr.Dapr.Conformance.Verdicts;

namespace LlmDapr.Dapr.Conformance.State;

/// <summary>The owed cases of state-http.json: sqlite and general. Cases of a group build on each other and run in the recorded order.</summary>
public sealed class StateHttpCases
{
    private const string ObjectOrder = "state-http/sqlite/value-object-order";
    private const string FirstWriteRace = "state-http/sqlite/race-first-write";
    private const string EtagRace = "state-http/sqlite/race-etag";

    [Theory]
    [InlineData("sqlite")]
    [InlineData("general")]
    public async Task State_AsRecorded_AnswersTheSame(string group)
    {
        await using var setup = await StateSetup.StartAsync(TestContext.Current.CancellationToken);
        var cases = new CaseList();

        foreach (var id in Owed.Ids("state-http", group))
        {
            cases.Give(id, id switch
            {
                ObjectOrder => await OrderAsync(setup),
                FirstWriteRace => await RaceAsync(setup, "race-fw", """{"key":"race-fw","value":1,"options":{"concurrency":"first-write"}}"""),
                EtagRace => await RaceForEtagAsync(setup),
                _ => await setup.RunAsync(id),
            });
        }

        cases.Check();
    }

    private static async Task<List<string>> OrderAsync(StateSetup setup)
    {
        var differences = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            await setup.SaveAsync("sql", $$$"""[{"key":"order{{{i}}}","value":{"h":1,"b":2,"g":3,"a":4,"f":5,"c":6}}]""");
            if ((await setup.GetAsync("sql", $"order{i}")).BodyText is var body and not """{"a":4,"b":2,"c":6,"f":5,"g":3,"h":1}""")
            {
                differences.Add($"the members are not sorted: {body}");
            }
        }

        return differences;
    }

    private static async Task<List<string>> RaceForEtagAsync(StateSetup setup)
    {
        await setup.SaveAsync("sql", """[{"key":"race-etag","value":0}]""");
        var etag = (await setup.GetAsync("sql", "race-etag")).Headers.First("etag");
        return await RaceAsync(setup, "race-etag", $$"""{"key":"race-etag","value":1,"etag":"{{etag}}"}""");
    }

    private static async Task<List<string>> RaceAsync(StateSetup setup, string key, string item)
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => setup.PostAsync("sql", $"[{item}]")));
        var (saved, refused) = (answers.Count(answer => answer.Status == 204), answers.Count(answer => answer.Status == 409));
        return (saved, refused) == (1, 19) ? [] : [$"{key}: {saved} were saved and {refused} refused, recorded 1 and 19"];
    }
}
