using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LlmDapr.Sidecar.Resiliency;

/// <summary>Reads one YAML mapping field by field and knows afterwards which fields nobody asked for.</summary>
/// <remarks>Names match whatever their case, the exact one first: daprd reads resources by way of Go's JSON, which does so.</remarks>
internal sealed class FieldReader
{
    private readonly string _path;
    private readonly List<(string Name, YamlNode Value)> _unread = [];
    private readonly List<string> _unknown;

    /// <param name="unknown">Gets the paths of the unread fields, at <see cref="Finish"/>.</param>
    public FieldReader(YamlNode? node, string path, List<string> unknown)
    {
        _path = path;
        _unknown = unknown;
        switch (node)
        {
            case YamlMappingNode mapping:
                _unread.AddRange(mapping.Children.Select(pair => ((pair.Key as YamlScalarNode)?.Value ?? string.Empty, pair.Value)));
                break;
            case null or YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" }:
                break;
            default:
                throw new InvalidResiliencyException($"{path} must be a mapping (names with values below it)");
        }
    }

    /// <summary>Whether nothing is left to read.</summary>
    public bool IsEmpty => _unread.Count == 0;

    /// <summary>The reader of a field that is a mapping; an empty one where the field is absent.</summary>
    public FieldReader Mapping(string name) => new(Take(name), $"{_path}.{name}", _unknown);

    /// <summary>Every remaining field, read as a mapping: for maps whose keys are names.</summary>
    public IEnumerable<(string Name, FieldReader Fields)> Mappings()
    {
        foreach (var (name, value) in TakeAll())
        {
            yield return (name, new FieldReader(value, $"{_path}.{name}", _unknown));
        }
    }

    /// <summary>Every remaining field, read as text.</summary>
    public IEnumerable<(string Name, string Value)> Texts()
    {
        foreach (var (name, value) in TakeAll())
        {
            yield return (name, ToText(name, value) ?? string.Empty);
        }
    }

    public string? Text(string name) => Take(name) is { } value ? ToText(name, value) : null;

    public int? Whole(string name)
    {
        if (Take(name) is not { } value || ToText(name, value) is not { } text)
        {
            return null;
        }

        if (value is YamlScalarNode { Style: not ScalarStyle.Plain })
        {
            throw new InvalidResiliencyException($"{_path}.{name} must be a whole number: write {text} without quotes");
        }

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new InvalidResiliencyException($"{_path}.{name} must be a whole number, not \"{text}\"");
    }

    /// <summary>Fields that daprd knows and invocation does not need.</summary>
    public void Ignore(string name) => Take(name);

    public void Finish() => _unknown.AddRange(_unread.Select(field => $"{_path}.{field.Name}"));

    private YamlNode? Take(string name)
    {
        var index = _unread.FindIndex(field => field.Name == name);
        if (index < 0)
        {
            index = _unread.FindIndex(field => string.Equals(field.Name, name, StringComparison.OrdinalIgnoreCase));
        }

        if (index < 0)
        {
            return null;
        }

        var value = _unread[index].Value;
        _unread.RemoveAt(index);
        return value;
    }

    private List<(string Name, YamlNode Value)> TakeAll()
    {
        List<(string, YamlNode)> all = [.. _unread];
        _unread.Clear();
        return all;
    }

    private string? ToText(string name, YamlNode value) => value switch
    {
        YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" } => null,
        YamlScalarNode scalar => scalar.Value,
        _ => throw new InvalidResiliencyException($"{_path}.{name} must be one value"),
    };
}
