using System.Diagnostics;
using System.Runtime.InteropServices;

// Stands in for an app and, when it gets daprd's flags, for a daprd, so that the runner's tests need neither.
if (args is ["sleep"])
{
    await Task.Delay(TimeSpan.FromMinutes(10), TimeProvider.System);
    return 0;
}

var sidecar = args.Contains("--app-id");
string? Flag(string name) => Array.IndexOf(args, name) is >= 0 and var at ? args[at + 1] : null;
string? Setting(string name) => sidecar ? null : Environment.GetEnvironmentVariable(name);

Console.WriteLine(sidecar ? $"stand-in sidecar of {Flag("--app-id")}" : "stand-in app");
if (Setting("STANDIN_EXIT") is { } code)
{
    Console.Error.WriteLine("this is the last line");
    return int.Parse(code, System.Globalization.CultureInfo.InvariantCulture);
}

if (Setting("STANDIN_SILENT") is not null)
{
    await Task.Delay(TimeSpan.FromMinutes(10), TimeProvider.System);
}

// An app that does not want to end when it is asked to.
using var stubborn = Setting("STANDIN_STUBBORN") is null ? null : PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => context.Cancel = true);
if (Setting("STANDIN_CHILD") is not null)
{
    // A child in a session of its own: neither the group's signals nor its parent's end reach it.
    using var child = Process.Start("setsid", [Environment.ProcessPath!, "sleep"]);
}

if (Setting("STANDIN_BARE_CHILD") is not null)
{
    // A child of the same group whose environment says nothing.
    var start = new ProcessStartInfo("sleep", ["600"]);
    start.Environment.Clear();
    using var child = Process.Start(start)!;
    Console.WriteLine($"bare child {child.Id} .");
}

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls($"http://localhost:{(sidecar ? Flag("--dapr-http-port") : Environment.GetEnvironmentVariable("APP_PORT"))}");
var app = builder.Build();
app.MapGet("/v1.0/healthz", () => Results.NoContent());
app.MapGet("/readyz", () => Results.Ok());
app.MapGet("/self", () => Results.Json(new
{
    args,
    directory = Environment.CurrentDirectory,
    env = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value),
}));
app.MapGet("/exit/{code:int}", (int code) => Environment.Exit(code));
if (stubborn is null)
{
    await app.RunAsync();
}
else
{
    await app.StartAsync();
    await Task.Delay(TimeSpan.FromMinutes(10), TimeProvider.System);
}

return 0;
