namespace LlmDapr.Sidecar.Hosting;

/// <summary>Reads daprd's flags. Each further <c>--app-id</c> starts the flags of another sidecar of the same process; the same id again is another replica of its app.</summary>
internal static class CommandLine
{
    /// <summary>Reads the arguments.</summary>
    /// <param name="args">The arguments as the process got them.</param>
    /// <param name="environment">The environment, for the tokens and the namespace.</param>
    /// <exception cref="UsageException">A flag is unknown, lacks its value, or its value is no good.</exception>
    public static CommandLineResult Parse(IReadOnlyList<string> args, Func<string, string?> environment)
    {
        var sidecars = new List<SidecarOptions>();
        var ignored = new List<string>();
        var logLevel = LogLevel.Information;
        string? dataFile = null;
        SidecarOptions? current = null;

        // Go's flag package takes both one and two dashes, so that a flag of dapr.yaml or the docs works as it is written there.
        for (var i = 0; i < args.Count; i++)
        {
            var (name, value) = Split(args[i]);
            if (name is "help" or "h")
            {
                return new CommandLineResult([], [], logLevel, DataFile: null, Help: true);
            }

            var flag = FlagTable.Find(name)
                ?? throw new UsageException($"Unknown flag --{name}. Known flags: {FlagTable.Names}.");
            if (flag.IsSwitch)
            {
                value ??= i + 1 < args.Count && args[i + 1] is "true" or "false" ? args[++i] : "true";
            }
            else
            {
                value ??= i + 1 < args.Count ? args[++i] : throw new UsageException($"Flag --{name} needs a value.");
            }

            if (name == "log-level")
            {
                logLevel = FlagTable.ParseLogLevel(value);
            }
            else if (name == "data-file")
            {
                dataFile = value.Length > 0 ? value : throw new UsageException("Flag --data-file is empty; name a file, or leave the flag out for a temporary one.");
            }
            else if (name == "app-id")
            {
                Finish(current, sidecars);
                current = new SidecarOptions { AppId = value };
            }
            else if (flag.Apply is null)
            {
                ignored.Add(name);
            }
            else
            {
                current = flag.Apply(
                    current ?? throw new UsageException($"Flag --{name} comes before any --app-id; give --app-id first."), value);
            }
        }

        Finish(current, sidecars);
        if (sidecars.Count == 0)
        {
            throw new UsageException("No --app-id was given. Example: --app-id edge --app-port 5080 --dapr-http-port 3500.");
        }

        return new CommandLineResult(
            [.. sidecars.Select(options => WithEnvironment(options, environment))], [.. ignored.Distinct()], logLevel, dataFile, Help: false);
    }

    private static (string Name, string? Value) Split(string arg)
    {
        if (arg.Length < 2 || arg[0] != '-')
        {
            throw new UsageException($"'{arg}' is no flag. Flags look like --app-id edge or --app-id=edge.");
        }

        var text = arg.TrimStart('-');
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (text, null) : (text[..equals], text[(equals + 1)..]);
    }

    private static void Finish(SidecarOptions? options, List<SidecarOptions> sidecars)
    {
        if (options is null)
        {
            return;
        }

        if (options.AppId.Length == 0)
        {
            throw new UsageException("--app-id is empty; give the app an id.");
        }

        if (options.EnableAppHealthCheck && options.AppHealthProbeTimeout > options.AppHealthProbeInterval)
        {
            throw new UsageException(
                $"--app-health-probe-timeout ({options.AppHealthProbeTimeout.TotalMilliseconds} ms) of {options.AppId} is longer than --app-health-probe-interval ({options.AppHealthProbeInterval.TotalSeconds} s); make it shorter.");
        }

        sidecars.Add(options);
    }

    private static SidecarOptions WithEnvironment(SidecarOptions options, Func<string, string?> environment)
    {
        string? Read(string name) =>
            (environment($"{name}__{options.AppId}") ?? environment(name)) is { Length: > 0 } value ? value : null;

        return options with { DaprApiToken = Read("DAPR_API_TOKEN"), AppApiToken = Read("APP_API_TOKEN"), AppNamespace = Read("NAMESPACE") };
    }
}
