using System.Globalization;
using System.Text;
using System.Text.Json;
using LlmDapr.Sidecar.Telemetry;

namespace LlmDapr.Sidecar.PubSub.Publishing;

/// <summary>The CloudEvent that a publish becomes.</summary>
internal static class Envelope
{
    private const string DefaultType = "com.dapr.event.sent";
    private const string SpecVersion = "1.0";

    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 1000 };

    /// <summary>Wraps a body, or fills in what a CloudEvent lacks.</summary>
    /// <param name="call">What is published.</param>
    /// <param name="appId">The publisher: the default source.</param>
    /// <param name="now">The event's time.</param>
    /// <param name="expires">When the event is no longer wanted; null = never.</param>
    /// <exception cref="InvalidEventException">The body should be a CloudEvent and is none.</exception>
    public static byte[] Build(PublishCall call, string appId, DateTimeOffset now, DateTimeOffset? expires)
    {
        var attributes = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        if (ContentKind.IsCloudEvent(call.ContentType))
        {
            FillIn(attributes, call, now);
        }
        else
        {
            Wrap(attributes, call, appId, now);
        }

        attributes["pubsubname"] = Text(call.PubSubName);
        attributes["topic"] = Text(call.Topic);
        if (expires is { } end)
        {
            attributes["expiration"] = Text(Time(end));
        }

        return Write(attributes);
    }

    private static void Wrap(SortedDictionary<string, byte[]> attributes, PublishCall call, string appId, DateTimeOffset now)
    {
        var trace = Override(call, "traceparent") ?? Override(call, "traceid") ?? TraceOf(call);
        attributes["id"] = Text(Override(call, "id") ?? Guid.NewGuid().ToString());
        attributes["source"] = Text(Override(call, "source") ?? appId);
        attributes["type"] = Text(Override(call, "type") ?? DefaultType);
        attributes["specversion"] = Text(SpecVersion);
        attributes["datacontenttype"] = Text(call.ContentType.Length == 0 ? "text/plain" : call.ContentType);
        attributes["time"] = Text(Time(now));
        attributes["traceid"] = Text(trace);
        attributes["traceparent"] = Text(trace);
        attributes["tracestate"] = Text(Override(call, "tracestate") ?? call.Trace.Tracestate.ToString());
        if (Override(call, "subject") is { } subject)
        {
            attributes["subject"] = Text(subject);
        }

        if (ContentKind.IsBinary(call.ContentType))
        {
            attributes["data_base64"] = Text(Convert.ToBase64String(call.Data.Span));
        }
        else
        {
            attributes["data"] = ContentKind.IsJson(call.ContentType) && Parse(call.Data) is { } json ? json : Text(call.Data.Span);
        }
    }

    private static void FillIn(SortedDictionary<string, byte[]> attributes, PublishCall call, DateTimeOffset now)
    {
        try
        {
            using var document = JsonDocument.Parse(call.Data, Deep);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new InvalidEventException(GoJsonFault.NotAnObject(document.RootElement.ValueKind));
            }

            foreach (var field in document.RootElement.EnumerateObject())
            {
                attributes[GoJsonWriter.NameOf(field)] = Value(field.Value);
            }
        }
        catch (JsonException)
        {
            throw new InvalidEventException(GoJsonFault.Explain(call.Data.Span));
        }

        Default("source", "Dapr");
        Default("type", DefaultType);
        Default("specversion", SpecVersion);
        Default("time", Time(now));

        // A trace id of the event's own is left alone, and then it gets no traceparent either.
        if (IsMissing("traceid"))
        {
            attributes["traceid"] = attributes["traceparent"] = Text(TraceOf(call));
        }

        attributes["tracestate"] = Text(call.Trace.Tracestate.ToString());

        bool IsMissing(string name) => !attributes.TryGetValue(name, out var value) || value.AsSpan().SequenceEqual("null"u8);

        void Default(string name, string value)
        {
            if (IsMissing(name))
            {
                attributes[name] = Text(value);
            }
        }
    }

    // An override counts whatever the case of its name, and only when it is not empty.
    private static string? Override(PublishCall call, string attribute)
    {
        foreach (var (name, value) in call.Metadata)
        {
            if (value.Length > 0 && name.Length == "cloudevent.".Length + attribute.Length
                && name.StartsWith("cloudevent.", StringComparison.OrdinalIgnoreCase) && name.EndsWith(attribute, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }

    private static string TraceOf(PublishCall call) => call.Trace.Traceparent is { } trace && trace != TraceContext.Zeros ? trace : "";

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static byte[]? Parse(ReadOnlyMemory<byte> data)
    {
        try
        {
            using var document = JsonDocument.Parse(data, Deep);
            return Value(document.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static byte[] Value(JsonElement value)
    {
        var writer = new GoJsonWriter();
        writer.WriteValue(value);
        return writer.ToArray();
    }

    private static byte[] Text(string text) => Text(Encoding.UTF8.GetBytes(text));

    private static byte[] Text(ReadOnlySpan<byte> text)
    {
        var writer = new GoJsonWriter();
        writer.WriteString(text);
        return writer.ToArray();
    }

    private static byte[] Write(SortedDictionary<string, byte[]> attributes)
    {
        var writer = new GoJsonWriter();
        var separator = "{"u8;
        foreach (var (name, value) in attributes)
        {
            writer.WriteRaw(separator);
            writer.WriteString(name);
            writer.WriteRaw(":"u8);
            writer.WriteRaw(value);
            separator = ","u8;
        }

        writer.WriteRaw("}"u8);
        return writer.ToArray();
    }
}
