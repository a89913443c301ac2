using YamlDotNet.RepresentationModel;

namespace LlmDapr.Sidecar.Resources;

/// <summary>One Dapr resource: a YAML document of a file.</summary>
/// <param name="File">The file's path.</param>
/// <param name="Kind">Component, Resiliency, Configuration, Subscription…; empty when the file has none.</param>
/// <param name="Name"><c>metadata.name</c>; empty when absent.</param>
/// <param name="Scopes">The app ids that the resource is for; empty = all.</param>
/// <param name="Root">The whole document.</param>
internal sealed record ResourceDocument(string File, string Kind, string Name, IReadOnlyList<string> Scopes, YamlMappingNode Root)
{
    /// <summary>Whether it is the first of its file: daprd reads all documents for components and subscriptions, only the first for resiliency.</summary>
    public bool IsFirst { get; init; } = true;
}
