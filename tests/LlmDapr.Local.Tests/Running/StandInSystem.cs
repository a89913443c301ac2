using LlmDapr.Local.Ports;

namespace LlmDapr.Local.Tests.Running;

/// <summary>A run file with stand-in apps on ports of its own, in a folder of its own.</summary>
internal sealed class StandInSystem : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly PortReservations _reservations = new();
    private readonly List<string> _apps = [];

    public string Folder => _folder.Path;

    /// <summary>Adds an app; the variables are its <c>env</c>.</summary>
    /// <returns>Its port.</returns>
    public int Add(string id, string? program = null, params (string Name, string Value)[] env)
    {
        _folder.Make(id);
        var port = _reservations.Reserve();
        _apps.Add($$"""
              - appDirPath: ./{{id}}
                appID: {{id}}
                appPort: {{port}}
                command: ["{{(program ?? TestPlaces.StandIn).Replace("\\", "\\\\", StringComparison.Ordinal)}}", "an argument"]
                env: { {{string.Join(", ", env.Select(variable => $"{variable.Name}: \"{variable.Value}\""))}} }
            """);
        _folder.Write("dapr.yaml", $"version: 1\ncommon: {{ appLogDestination: fileAndConsole }}\napps:\n{string.Join('\n', _apps)}\n");
        return port;
    }

    public void Dispose()
    {
        _reservations.Dispose();
        _folder.Dispose();
    }
}
