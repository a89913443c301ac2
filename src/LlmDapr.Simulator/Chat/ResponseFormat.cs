using System.Text.Json;
using LlmDapr.Simulator.Calls;
using LlmDapr.Simulator.Errors;

namespace LlmDapr.Simulator.Chat;

/// <summary>A <c>response_format</c> other than text.</summary>
/// <param name="Schema">The schema to satisfy, null for any JSON object.</param>
internal sealed record ResponseFormat(JsonElement? Schema)
{
    public static ResponseFormat? Read(JsonElement root)
    {
        if (root.Object("response_format") is not { } format)
        {
            return null;
        }

        switch (format.RequiredText("type", "response_format.type"))
        {
            case "text":
                return null;
            case "json_object":
                return new ResponseFormat(Schema: null);
            case "json_schema":
                JsonElement given = format.Object("json_schema", "response_format.json_schema")
                    ?? throw new RefusedException(ProviderErrors.Missing("response_format.json_schema"));
                given.RequiredText("name", "response_format.json_schema.name");
                return new ResponseFormat(given.Object("schema", "response_format.json_schema.schema")
                    ?? throw new RefusedException(ProviderErrors.Missing("response_format.json_schema.schema")));
            default:
                throw new RefusedException(ProviderErrors.WrongValue("response_format.type", "'text', 'json_object' or 'json_schema'"));
        }
    }
}
