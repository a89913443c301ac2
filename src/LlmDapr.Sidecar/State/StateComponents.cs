using System.Globalization;
using LlmDapr.Sidecar.Hosting;
using LlmDapr.Sidecar.Resources;

namespace LlmDapr.Sidecar.State;

/// <summary>Picks the state components that an app may use from its resource files.</summary>
internal static class StateComponents
{
    /// <summary>Reads them. Of their <c>type</c> only the first word matters, and whether it is in-memory.</summary>
    /// <exception cref="StartException">A component is wrong and has no <c>ignoreErrors</c>.</exception>
    public static IReadOnlyList<StateComponent> Read(IEnumerable<ResourceDocument> resources, SidecarOptions options, ILogger logger)
    {
        var components = new List<StateComponent>();
        foreach (var document in resources.Where(document => document.Kind == "Component" && (document.Scopes.Count == 0 || document.Scopes.Contains(options.AppId))))
        {
            var metadata = ComponentMetadata.Read(document, options);
            if (!metadata.Type.StartsWith("state.", StringComparison.Ordinal))
            {
                continue;
            }

            if (FindFault(document, metadata) is { } fault)
            {
                if (!metadata.IgnoreErrors)
                {
                    throw new StartException($"{Path.GetFullPath(document.File)}: component {document.Name} ({metadata.Type}): {fault}");
                }

                logger.ComponentLeftOut(document.Name, metadata.Type, fault);
                continue;
            }

            var ttl = metadata.Find("ttlInSeconds") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : 0;
            var space = metadata.Type == "state.in-memory" ? $"{document.Name}@{options.AppId}" : document.Name;
            components.Add(new StateComponent(document.Name, space, Prefix(metadata.Find("keyPrefix"), document.Name, options), ttl > 0 ? ttl : null));
        }

        return components;
    }

    private static string? FindFault(ResourceDocument document, ComponentMetadata metadata) =>
        document.Name.Length == 0 ? "it has no metadata.name; give it one."
        : metadata.Find("keyPrefix") is { } prefix && prefix.Contains("||", StringComparison.Ordinal) ? $"its keyPrefix '{prefix}' contains '||', which parts prefix and key; take that out."
        : metadata.Find("ttlInSeconds") is { Length: > 0 } ttl && !int.TryParse(ttl, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? $"its ttlInSeconds '{ttl}' is no whole number of seconds; correct it."
        : null;

    private static string Prefix(string? strategy, string component, SidecarOptions options) => strategy?.ToUpperInvariant() switch
    {
        null or "APPID" => $"{options.AppId}||",
        "NAME" => $"{component}||",
        "NAMESPACE" => options.AppNamespace is { Length: > 0 } space ? $"{space}.{options.AppId}||" : $"{options.AppId}||",
        "NONE" => "",
        _ => $"{strategy}||",
    };
}
