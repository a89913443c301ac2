using System.Text;
using System.Text.Json;
using LlmDapr.Contracts.Hop;
using LlmDapr.Generation.Catalog;

namespace LlmDapr.Generation.Recovery;

/// <summary>What tells a caller that its stream was finished elsewhere: a field of the last chunk, since the headers were sent long before.</summary>
internal static class RecoveredMark
{
    /// <summary>The field's name: that of the header <c>x-llmdapr-recovered</c>, as JSON has it.</summary>
    public const string Field = "x_llmdapr_recovered";

    /// <summary>The event with the field, put at the end of its object.</summary>
    public static byte[] Put(ReadOnlyMemory<byte> lastEvent, Target from, Target to, string mode)
    {
        var data = StreamEvent.DataOf(lastEvent).Span;
        var edits = new ByteEdits();
        edits.Insert(
            data.LastIndexOf((byte)'}'),
            Encoding.UTF8.GetBytes($",\"{Field}\":{{\"from\":\"{JsonEncodedText.Encode(from.ToString())}\",\"to\":\"{JsonEncodedText.Encode(to.ToString())}\",\"mode\":\"{mode}\"}}"));
        return HopFormat.Event(edits.Apply(data));
    }
}
