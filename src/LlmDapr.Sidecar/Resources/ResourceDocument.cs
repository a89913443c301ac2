using YamlDotNet.RepresentationModel;

namespace LlmDapr.Sidecar.Resources;

internal sealed record ResourceDocument(string File, string Kind, string Name, IReadOnlyList<string> Scopes, YamlMappingNode Root);
