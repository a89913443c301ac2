using System.Globalization;
using LlmDapr.Local.Output;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LlmDapr.Local.RunFile;

/// <summary>Reads a <c>dapr.yaml</c>. Every complaint names the line and says what to write instead.</summary>
internal sealed class RunFileReader
{
    private readonly string _path;
    private readonly List<string> _warnings = [];

    private RunFileReader(string path) => _path = path;

    /// <summary>Reads the file at an absolute path.</summary>
    /// <exception cref="LocalFailure">The file cannot be read, or says something that it cannot mean.</exception>
    public static RunFileDocument Read(string path)
    {
        try
        {
            return Parse(path, File.ReadAllText(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LocalFailure($"{path} cannot be read: {error.Message}");
        }
    }

    /// <summary>Reads a run file's text. The path is only used for relative paths and for messages.</summary>
    public static RunFileDocument Parse(string path, string yaml)
    {
        var reader = new RunFileReader(path);
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(yaml));
        }
        catch (YamlException error)
        {
            throw reader.Failure((int)error.Start.Line, $"is not valid YAML: {error.Message} Check the indentation and the quotes of this line and the one before it.");
        }

        return stream.Documents.Count == 0
            ? throw new LocalFailure($"{Path.GetFileName(path)} is empty. It needs 'version: 1' and a list 'apps'.")
            : reader.Document(stream.Documents[0].RootNode);
    }

    private RunFileDocument Document(YamlNode root)
    {
        var map = Mapping(root, "the file");
        var common = new SettingsSection("common", LineOf(root));
        List<SettingsSection> apps = [];
        var version = 0;
        foreach (var (key, value) in Entries(map))
        {
            switch (key.Text)
            {
                case "version":
                    version = Number("version", Scalar(value, "version"));
                    break;
                case "common" when !IsNull(value):
                    common = Section(value, "common", SettingKeys.Shared);
                    break;
                case "apps" when !IsNull(value):
                    apps = Apps(value);
                    break;
                case "common" or "apps" or "name":
                    break;
                default:
                    Warn(key, "", SettingKeys.TopLevel);
                    break;
            }
        }

        if (version == 0)
        {
            throw new LocalFailure($"{Path.GetFileName(_path)} has no 'version'. Write 'version: 1' as its first line.");
        }

        return apps.Count == 0
            ? throw new LocalFailure($"{Path.GetFileName(_path)} names no apps. Add a list 'apps' with an 'appDirPath' and a 'command' for each.")
            : new RunFileDocument(_path, common, apps, _warnings);
    }

    private List<SettingsSection> Apps(YamlNode node)
    {
        if (node is not YamlSequenceNode list)
        {
            throw Failure(LineOf(node), "'apps' must be a list: begin each app with '- '.");
        }

        var keys = SettingKeys.Shared.Concat(SettingKeys.AppOnly).ToDictionary(StringComparer.Ordinal);
        return [.. list.Children.Select((app, index) => Section(app, $"apps[{index}]", keys))];
    }

    private SettingsSection Section(YamlNode node, string where, IReadOnlyDictionary<string, SettingKind> keys)
    {
        var map = Mapping(node, $"'{where}'");
        var section = new SettingsSection(where, LineOf(node));
        foreach (var (key, value) in Entries(map))
        {
            if (!keys.TryGetValue(key.Text, out var kind))
            {
                Warn(key, $" of {where}", keys.Keys);
            }
            else if (!IsNull(value))
            {
                Add(section, key.Text, $"{where}.{key.Text}", kind, value);
            }
        }

        if (section.Values.GetValueOrDefault("resourcesPath") is { } old)
        {
            section.ResourcesPaths.Add(old);
        }

        return section;
    }

    private void Add(SettingsSection section, string key, string name, SettingKind kind, YamlNode value)
    {
        switch (kind)
        {
            case SettingKind.Map:
                foreach (var (variable, text) in Entries(Mapping(value, $"'{name}'")))
                {
                    section.Env[variable.Text] = IsNull(text) ? new LocatedText("", variable.Line) : Scalar(text, $"{name}.{variable.Text}");
                }

                break;
            case SettingKind.List:
                if (value is not YamlSequenceNode list)
                {
                    throw Failure(LineOf(value), $"'{name}' must be a list, such as {(key == "command" ? "[\"dotnet\", \"run\"]" : "[./components]")}.");
                }

                (key == "command" ? section.Command : section.ResourcesPaths).AddRange(list.Children.Select(item => Scalar(item, name)));
                break;
            default:
                section.Values[key] = Checked(name, kind, Scalar(value, name));
                break;
        }
    }

    private LocatedText Checked(string name, SettingKind kind, LocatedText value)
    {
        switch (kind)
        {
            case SettingKind.Number:
                Number(name, value);
                break;
            case SettingKind.Port when Number(name, value) > 65535:
                throw Failure(value.Line, $"'{name}' must be a TCP port (1 to 65535), not {value.Text}.");
            case SettingKind.Flag when value.Text is not ("true" or "false"):
                throw Failure(value.Line, $"'{name}' must be true or false, not '{value.Text}'.");
            case SettingKind.LogDestination when value.Text is not ("" or "file" or "console" or "fileAndConsole"):
                throw Failure(value.Line, $"'{name}' must be file, console or fileAndConsole, not '{value.Text}'.");
            default:
                break;
        }

        return value;
    }

    private int Number(string name, LocatedText value) =>
        int.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Failure(value.Line, $"'{name}' must be a whole number, not '{value.Text}'.");

    private YamlMappingNode Mapping(YamlNode node, string name) =>
        node as YamlMappingNode ?? throw Failure(LineOf(node), $"{name} must hold 'key: value' lines.");

    private LocatedText Scalar(YamlNode node, string name) =>
        node is YamlScalarNode scalar
            ? new LocatedText(scalar.Value ?? "", LineOf(node))
            : throw Failure(LineOf(node), $"'{name}' must be a single value, not a list or a map.");

    /// <summary>A map's entries, those of a merge key (<c>&lt;&lt;: *anchor</c>) included; the map's own win.</summary>
    private IEnumerable<(LocatedText Key, YamlNode Value)> Entries(YamlMappingNode map)
    {
        var own = map.Children.Where(entry => !IsMergeKey(entry.Key)).Select(entry => (Key: Scalar(entry.Key, "a key"), entry.Value)).ToList();
        var merged = map.Children
            .Where(entry => IsMergeKey(entry.Key))
            .SelectMany(entry => entry.Value is YamlSequenceNode list ? list.Children : [entry.Value])
            .SelectMany(node => Entries(Mapping(node, "a merged value")));
        return own.Concat(merged).DistinctBy(entry => entry.Key.Text);
    }

    private static bool IsMergeKey(YamlNode key) => key is YamlScalarNode { Value: "<<", Style: ScalarStyle.Plain };

    private static bool IsNull(YamlNode node) =>
        node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" };

    private static int LineOf(YamlNode node) => (int)node.Start.Line;

    private void Warn(LocatedText key, string where, IEnumerable<string> known)
    {
        var near = known.FirstOrDefault(name => string.Equals(name, key.Text, StringComparison.OrdinalIgnoreCase));
        var hint = near is null ? "" : $" Did you mean '{near}'?";
        _warnings.Add($"{Path.GetFileName(_path)} line {key.Line}: '{key.Text}'{where} is not a key of a run file and is ignored, as the Dapr CLI does.{hint}");
    }

    private LocalFailure Failure(int line, string what) => new($"{Path.GetFileName(_path)} line {line}: {what}");
}
