using System.Text.Json.Serialization;

namespace LlmDapr.Edge.Models;

/// <summary>OpenAI's model object.</summary>
/// <param name="Id">The name.</param>
/// <param name="Object">Always <c>model</c>.</param>
/// <param name="Created">Unix seconds.</param>
/// <param name="OwnedBy">Who owns it.</param>
public sealed record Model(string Id, string Object, long Created, string OwnedBy);

/// <summary>OpenAI's list of models.</summary>
/// <param name="Object">Always <c>list</c>.</param>
/// <param name="Data">The models.</param>
public sealed record ModelList(string Object, IReadOnlyList<Model> Data);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Model))]
[JsonSerializable(typeof(ModelList))]
internal sealed partial class ModelJsonContext : JsonSerializerContext;
