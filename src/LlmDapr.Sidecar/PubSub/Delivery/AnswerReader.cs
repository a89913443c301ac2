using System.IO.Compression;
using System.Text.Json;

namespace LlmDapr.Sidecar.PubSub.Delivery;

/// <summary>Reads what an app's answer means, as daprd does: the status, then <c>status</c> of a JSON body whatever its content type.</summary>
internal static class AnswerReader
{
    // An answer to a message is a few bytes; what is longer is read to its end and counts as "no status".
    private const int MostRead = 1024 * 1024;

    /// <summary>Reads the answer with its body.</summary>
    /// <exception cref="IOException">The body breaks off.</exception>
    /// <exception cref="HttpRequestException">The body breaks off.</exception>
    public static async Task<DeliveryAnswer> ReadAsync(HttpResponseMessage answer, string eventId, string topic, CancellationToken cancel)
    {
        var status = (int)answer.StatusCode;
        var body = await BodyAsync(answer, cancel);
        return status switch
        {
            >= 200 and <= 299 => Of(status, StatusOf(body), eventId),
            404 => new DeliveryAnswer(AnswerKind.Drop, status, $"non-retriable error returned from app while processing pub/sub event {eventId}. status code returned: 404"),
            _ => new DeliveryAnswer(AnswerKind.Status, status, $"retriable error returned from app while processing pub/sub event {eventId}, topic: {topic}. status code returned: {status}"),
        };
    }

    /// <summary>The meaning of a 2xx answer's <c>status</c>.</summary>
    public static DeliveryAnswer Of(int code, string status, string eventId) => status switch
    {
        "" or "SUCCESS" => new DeliveryAnswer(AnswerKind.Success, code, ""),
        "DROP" => new DeliveryAnswer(AnswerKind.Drop, code, $"DROP status returned from app while processing pub/sub event {eventId}"),
        "RETRY" => new DeliveryAnswer(AnswerKind.Retry, code, $"RETRY status returned from app while processing pub/sub event {eventId}: retriable error occurred"),
        _ => new DeliveryAnswer(AnswerKind.Retry, code, $"unknown status returned from app while processing pub/sub event {eventId}, status: {Short(status)}, err: retriable error occurred"),
    };

    /// <summary>The <c>status</c> of a body; empty when it is no JSON object or has no such text. The name's case does not matter, its value's does.</summary>
    public static string StatusOf(ReadOnlySpan<byte> body)
    {
        var status = "";
        try
        {
            var reader = new Utf8JsonReader(body);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return "";
            }

            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName)
                {
                    continue;
                }

                var isStatus = string.Equals(reader.GetString(), "status", StringComparison.OrdinalIgnoreCase);
                reader.Read();
                if (isStatus && reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
                {
                    // Go's decoder gives such a body up as a whole.
                    return "";
                }

                status = isStatus && reader.TokenType == JsonTokenType.String ? reader.GetString()! : status;
                reader.Skip();
            }

            return status;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return "";
        }
    }

    private static string Short(string status) => status.Length <= 40 ? status : status[..40] + "…";

    // Go's client asks for gzip on its own and unpacks it.
    private static async Task<byte[]> BodyAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        await using var raw = await answer.Content.ReadAsStreamAsync(cancel);
        await using var stream = answer.Content.Headers.ContentEncoding.Contains("gzip") ? new GZipStream(raw, CompressionMode.Decompress) : raw;
        using var body = new MemoryStream();
        var buffer = new byte[4096];
        var total = 0L;
        try
        {
            for (int read; (read = await stream.ReadAsync(buffer, cancel)) > 0; total += read)
            {
                if (total + read <= MostRead)
                {
                    body.Write(buffer, 0, read);
                }
            }
        }
        catch (InvalidDataException broken)
        {
            throw new IOException($"the app's answer is no gzip: {broken.Message}", broken);
        }

        return total > MostRead ? [] : body.ToArray();
    }
}
