using System.Text;
using LlmDapr.Contracts;
using LlmDapr.Local.Output;
using LlmDapr.Local.RunFile;

namespace LlmDapr.Local.Running;

/// <summary>What is printed when everything is ready: where the API is, who answers, and something to try.</summary>
internal static class ReadyText
{
    private const string OpenAIKey = "OPENAI_API_KEY";
    private const string OpenAIBaseUrl = "OPENAI_BASE_URL";

    /// <summary>The text.</summary>
    public static string Of(LocalSystem system, TimeSpan took, RunOutput output)
    {
        var text = new StringBuilder();
        var width = Math.Max("provider".Length, system.Plan.Apps.Max(app => app.Name.Length));
        text.AppendLine().AppendLine(output.Paint($"Ready after {took.TotalSeconds:0.0} s. Ctrl-C stops everything.", "bold green")).AppendLine();
        if (system.Plan.Apps.FirstOrDefault(app => app is { AppId: AppIds.Edge, Ports.App: > 0 }) is { } edge)
        {
            AddApi(text, width, system, edge);
        }

        foreach (var app in system.Plan.Apps)
        {
            var where = app.Ports.App > 0 ? $"http://localhost:{app.Ports.App}" : "no port";
            Line(text, width, app.Name, $"{where}, sidecar http {app.Ports.DaprHttp}, grpc {app.Ports.DaprGrpc}, metrics {app.Ports.Metrics}");
        }

        Line(text, width, "sidecars", system.Plan.Daprd is { } daprd ? $"daprd ({daprd})" : "the development sidecar, one process for all; production is daprd");
        if (system.Plan.DataFile is { } data)
        {
            Line(text, width, "data", $"{data} (delete it for a fresh start)");
        }

        foreach (var (log, index) in system.Report().Logs.Select((log, index) => (log, index)))
        {
            Line(text, width, index == 0 ? "logs" : "", log);
        }

        return text.ToString();
    }

    private static void AddApi(StringBuilder text, int width, LocalSystem system, AppPlan edge)
    {
        var url = $"http://localhost:{edge.Ports.App}/v1";
        var simulator = system.Plan.Apps.Any(app => app.AppId == AppIds.Simulator);
        var provider = IsSet(system, OpenAIBaseUrl) ? $"what {OpenAIBaseUrl} names"
            : IsSet(system, OpenAIKey) ? $"OpenAI (by {OpenAIKey})"
            : null;
        Line(text, width, "API", url);
        Line(text, width, "provider", (simulator, provider) switch
        {
            (true, not null) => $"{provider}, and the simulator for model 'sim'",
            (false, not null) => provider,
            (true, null) => $"the simulator only (set {OpenAIKey} for OpenAI)",
            _ => "as configured (sections Providers and Models)",
        });
        if (simulator)
        {
            Line(text, width, "try", Curl(url));
        }

        text.AppendLine();
    }

    private static bool IsSet(LocalSystem system, string variable) => !string.IsNullOrWhiteSpace(system.VariableOf(AppIds.Generation, variable));

    private static string Curl(string url)
    {
        const string Body = """{"model":"sim","messages":[{"role":"user","content":"Hello"}]}""";

        // The shells of Windows take only double quotes.
        return OperatingSystem.IsWindows()
            ? $"curl {url}/chat/completions -H \"Content-Type: application/json\" -d \"{Body.Replace("\"", "\\\"", StringComparison.Ordinal)}\""
            : $"curl {url}/chat/completions -H 'Content-Type: application/json' -d '{Body}'";
    }

    private static void Line(StringBuilder text, int width, string name, string value) => text.AppendLine($"  {name.PadRight(width)}  {value}");
}
