using LlmDapr.Local.Output;
using LlmDapr.Local.Ports;

namespace LlmDapr.Local.RunFile;

/// <summary>Merges <c>common</c> into the apps and makes paths absolute, by the Dapr CLI's rules.</summary>
internal sealed class RunFileResolver
{
    private readonly RunFileDocument _file;
    private readonly string _daprHome;

    private RunFileResolver(RunFileDocument file, string daprHome) => (_file, _daprHome) = (file, daprHome);

    /// <summary>The apps of a run file, in its order.</summary>
    /// <param name="file">The file as read.</param>
    /// <param name="daprHome">The Dapr CLI's folder (<c>~/.dapr</c>), whose components and configuration are the last resort. It need not exist.</param>
    /// <exception cref="LocalFailure">A path does not exist, or two apps want one port.</exception>
    public static IReadOnlyList<AppPlan> Resolve(RunFileDocument file, string daprHome)
    {
        var resolver = new RunFileResolver(file, daprHome);
        List<AppPlan> plans = [];
        foreach (var app in file.Apps)
        {
            plans.Add(resolver.Plan(app, plans));
        }

        return plans;
    }

    private AppPlan Plan(SettingsSection app, List<AppPlan> before)
    {
        if (app.Text("appDirPath") is not { } folder)
        {
            throw Failure(app.Line, $"'{app.Where}' has no 'appDirPath'. Give the folder that its command runs in, relative to this file.");
        }

        var directory = Existing(_file.Directory, new LocatedText(folder, app.LineOf("appDirPath")), $"{app.Where}.appDirPath", wantFile: false);
        var id = app.Text("appID") ?? Path.GetFileName(directory.TrimEnd(Path.DirectorySeparatorChar));
        var same = before.Count(plan => plan.AppId == id);
        return new AppPlan
        {
            AppId = id,
            Name = same == 0 ? id : $"{id}-{same + 1}",
            At = _file.At(app.Line),
            Directory = directory,
            Command = [.. app.Command.Select(part => part.Text)],
            Env = Env(app),
            Ports = new PortSet(
                app.Port("appPort"), app.Port("daprHTTPPort"), app.Port("daprGRPCPort"), app.Port("metricsPort"), app.Port("daprInternalGRPCPort"), app.Port("profilePort")),
            ResourcesPaths = ResourcesPaths(app, directory),
            ConfigPath = ConfigPath(app, directory),
            AppLog = Destination(app, "appLogDestination", LogDestination.FileAndConsole),
            SidecarLog = Destination(app, "daprdLogDestination", LogDestination.File),
            Settings = Settings(app),
        };
    }

    private Dictionary<string, string> Env(SettingsSection app)
    {
        Dictionary<string, string> env = new(StringComparer.Ordinal);
        foreach (var (name, value) in _file.Common.Env.Concat(app.Env))
        {
            env[name] = value.Text;
        }

        return env;
    }

    private Dictionary<string, string> Settings(SettingsSection app)
    {
        Dictionary<string, string> settings = new(StringComparer.Ordinal);
        foreach (var section in (SettingsSection[])[_file.Common, app])
        {
            foreach (var key in section.Values.Keys)
            {
                if (section.Text(key) is { } text)
                {
                    settings[key] = text;
                }
            }
        }

        return settings;
    }

    private List<string> ResourcesPaths(SettingsSection app, string directory)
    {
        var local = Path.Combine(directory, ".dapr", "resources");
        if (app.ResourcesPaths.Count > 0)
        {
            return [.. app.ResourcesPaths.Select(path => Existing(directory, path, $"{app.Where}.resourcesPaths", wantFile: false))];
        }

        if (Directory.Exists(local))
        {
            return [local];
        }

        if (_file.Common.ResourcesPaths.Count > 0)
        {
            return [.. _file.Common.ResourcesPaths.Select(path => Existing(_file.Directory, path, "common.resourcesPaths", wantFile: false))];
        }

        var home = Path.Combine(_daprHome, "components");
        return Directory.Exists(home) ? [home] : [];
    }

    private string? ConfigPath(SettingsSection app, string directory)
    {
        const string Key = "configFilePath";
        var local = Path.Combine(directory, ".dapr", "config.yaml");
        if (app.Text(Key) is { } own)
        {
            return Existing(directory, new LocatedText(own, app.LineOf(Key)), $"{app.Where}.{Key}", wantFile: true);
        }

        if (File.Exists(local))
        {
            return local;
        }

        if (_file.Common.Text(Key) is { } common)
        {
            return Existing(_file.Directory, new LocatedText(common, _file.Common.LineOf(Key)), $"common.{Key}", wantFile: true);
        }

        var home = Path.Combine(_daprHome, "config.yaml");
        return File.Exists(home) ? home : null;
    }

    private LogDestination Destination(SettingsSection app, string key, LogDestination otherwise) =>
        (app.Text(key) ?? _file.Common.Text(key)) switch
        {
            "file" => LogDestination.File,
            "console" => LogDestination.Console,
            "fileAndConsole" => LogDestination.FileAndConsole,
            _ => otherwise,
        };

    private string Existing(string from, LocatedText path, string name, bool wantFile)
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var text = path.Text is "~" || path.Text.StartsWith("~/", StringComparison.Ordinal) ? home + path.Text[1..] : path.Text;
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(text, from));
        if (wantFile ? File.Exists(full) : Directory.Exists(full))
        {
            return full;
        }

        var kind = wantFile ? "file" : "folder";
        throw Failure(path.Line, $"the {kind} of '{name}' does not exist: {full}. Correct the path (it is relative to {from}) or create the {kind}.");
    }

    private LocalFailure Failure(int line, string what) => new($"{_file.At(line)}: {what}");
}
