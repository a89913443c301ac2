using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Unicode;
using LlmDapr.Simulator.Errors;

namespace LlmDapr.Simulator.Calls;

/// <summary>Reading the request's bytes.</summary>
internal static class RequestBody
{
    public static async Task<byte[]> ReadAsync(HttpContext context)
    {
        PipeReader reader = context.Request.BodyReader;
        while (true)
        {
            ReadResult read = await reader.ReadAsync(context.RequestAborted);
            if (read.IsCompleted)
            {
                byte[] body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>The body's object, which the caller disposes, or why there is none.</summary>
    public static ProviderError? TryParse(byte[] body, out JsonDocument? document)
    {
        document = null;
        if (!Utf8.IsValid(body))
        {
            return ProviderErrors.BadJson();
        }

        try
        {
            document = JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            return ProviderErrors.BadJson();
        }

        if (document.RootElement.ValueKind == JsonValueKind.Object)
        {
            return null;
        }

        document.Dispose();
        document = null;
        return ProviderErrors.BadJson();
    }
}
