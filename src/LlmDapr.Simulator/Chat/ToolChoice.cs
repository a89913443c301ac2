using System.Text.Json;
using LlmDapr.Simulator.Calls;
using LlmDapr.Simulator.Errors;

namespace LlmDapr.Simulator.Chat;

/// <summary>The tool that the answer calls.</summary>
/// <param name="Name">The function's name.</param>
/// <param name="Parameters">Its parameters' schema, null when it has none.</param>
/// <param name="Forced">The request named this function: OpenAI then finishes with <c>stop</c> instead of <c>tool_calls</c>.</param>
internal sealed record ToolChoice(string Name, JsonElement? Parameters, bool Forced)
{
    /// <summary>
    /// A named function is called, with <c>required</c> one whose name the last message says or else the first, with <c>auto</c> one whose
    /// name the last message says when a user said it: an answer to a tool's result is text, so that agent loops end.
    /// </summary>
    public static ToolChoice? Read(JsonElement root, IReadOnlyList<(string Role, string Text)> messages)
    {
        List<(string Name, JsonElement? Parameters)> tools = ReadTools(root);
        string mode = tools.Count == 0 ? "none" : "auto";
        string? named = null;
        if (root.TryField("tool_choice", out JsonElement choice))
        {
            if (choice.ValueKind == JsonValueKind.String)
            {
                mode = RequestFields.StringOf(choice, "tool_choice");
            }
            else
            {
                RequestFields.Expect(choice, JsonValueKind.Object, "tool_choice", "a string or an object");
                named = choice.Object("function", "tool_choice.function") is { } function ? function.RequiredText("name", "tool_choice.function.name") : null;
            }

            if (tools.Count == 0 && mode != "none")
            {
                throw new RefusedException(ProviderErrors.Invalid("Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.", "tool_choice"));
            }
        }

        if (named is not null)
        {
            int index = tools.FindIndex(tool => tool.Name == named);
            return index >= 0
                ? new ToolChoice(named, tools[index].Parameters, Forced: true)
                : throw new RefusedException(ProviderErrors.Invalid($"Invalid value for 'tool_choice': no function named '{named}' was specified in the 'tools' parameter.", "tool_choice"));
        }

        (string role, string text) = messages[^1];
        int said = tools.FindIndex(tool => role == "user" && text.Contains(tool.Name, StringComparison.Ordinal));
        return mode switch
        {
            "none" => null,
            "auto" => said < 0 ? null : Of(said),
            "required" => Of(Math.Max(0, said)),
            _ => throw new RefusedException(ProviderErrors.WrongValue("tool_choice", "'none', 'auto', 'required' or a function")),
        };

        ToolChoice Of(int index) => new(tools[index].Name, tools[index].Parameters, Forced: false);
    }

    private static List<(string Name, JsonElement? Parameters)> ReadTools(JsonElement root)
    {
        var tools = new List<(string, JsonElement?)>();
        if (root.Array("tools") is { } array)
        {
            foreach (JsonElement tool in array.EnumerateArray())
            {
                string path = $"tools[{tools.Count}]";
                RequestFields.Expect(tool, JsonValueKind.Object, path, "an object");
                JsonElement function = tool.Object("function", path + ".function") ?? throw new RefusedException(ProviderErrors.Missing(path + ".function"));
                tools.Add((function.RequiredText("name", path + ".function.name"), function.Object("parameters", path + ".function.parameters")));
            }
        }

        return tools;
    }
}
