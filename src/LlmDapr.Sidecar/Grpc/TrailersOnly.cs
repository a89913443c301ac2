using System.Globalization;
using System.Text;
using Grpc.Core;

namespace LlmDapr.Sidecar.Grpc;

/// <summary>Answers that are over before any handler is asked: a status and no message.</summary>
internal static class TrailersOnly
{
    /// <summary>Answers with a failure.</summary>
    public static Task WriteAsync(HttpContext context, StatusCode code, string message, byte[]? details = null)
    {
        var response = context.Response;
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = ((int)code).ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Escape(message);
        if (details is not null)
        {
            response.Headers[RpcFailure.DetailsTrailer] = Convert.ToBase64String(details);
        }

        return Task.CompletedTask;
    }

    // The percent-encoding of grpc-message: everything that is no printable ASCII, and the percent sign.
    private static string Escape(string message)
    {
        if (!message.AsSpan().ContainsAnyExceptInRange(' ', '~') && !message.Contains('%', StringComparison.Ordinal))
        {
            return message;
        }

        var text = new StringBuilder(message.Length + 16);
        foreach (var b in Encoding.UTF8.GetBytes(message))
        {
            if (b is >= (byte)' ' and <= (byte)'~' and not (byte)'%')
            {
                text.Append((char)b);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
            }
        }

        return text.ToString();
    }
}
