using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LlmDapr.Contracts.Events;

namespace LlmDapr.Jobs.DeadLetters;

/// <summary>Reads what arrives on the dead-letter topic: our own letters, which say why, and events that Dapr itself put there, which do not.</summary>
internal static class LetterReader
{
    private const int IdBytes = 16;

    /// <summary>The letter in this CloudEvent. Whatever the bytes are, there is one: nothing that got here may get lost.</summary>
    public static KeptLetter Read(ReadOnlyMemory<byte> cloudEvent, DateTimeOffset now)
    {
        if (TryParse(cloudEvent.Span, out var envelope))
        {
            return IsOurs(envelope) && TryLetter(envelope, out var letter)
                ? new KeptLetter(IdOf(letter.Event is { } inner ? Encoding.UTF8.GetBytes(inner.GetRawText()) : Encoding.UTF8.GetBytes(letter.Text ?? Text(envelope, "id") ?? "")), letter)
                : new KeptLetter(IdOf(cloudEvent.Span), Undelivered(Text(envelope, "topic") ?? "", envelope, null, now));
        }

        return new KeptLetter(IdOf(cloudEvent.Span), Undelivered("", null, Encoding.UTF8.GetString(cloudEvent.Span), now));
    }

    private static bool TryParse(ReadOnlySpan<byte> bytes, out JsonElement envelope)
    {
        try
        {
            envelope = JsonElement.Parse(bytes);
            return envelope.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            envelope = default;
            return false;
        }
    }

    private static bool IsOurs(JsonElement envelope) => Text(envelope, "type") == DeadLetter.EventType;

    private static bool TryLetter(JsonElement envelope, out DeadLetter letter)
    {
        letter = null!;
        if (!envelope.TryGetProperty("data", out var data))
        {
            return false;
        }

        try
        {
            letter = data.Deserialize(EventsJsonContext.Default.DeadLetter)!;
            return letter is { Topic: not null, Code: not null, Reason: not null };
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static DeadLetter Undelivered(string topic, JsonElement? envelope, string? text, DateTimeOffset now) =>
        new(topic, "undeliverable", "Dapr could not deliver the event and put it here; the subscriber's and its sidecar's logs say why. Send it again once that is mended.", envelope, text, now);

    private static string? Text(JsonElement envelope, string member) =>
        envelope.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string IdOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, IdBytes));
}
