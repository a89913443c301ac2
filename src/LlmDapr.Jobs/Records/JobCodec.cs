using System.Text.Json;

namespace LlmDapr.Jobs.Records;

/// <summary>A job's record as bytes, and back.</summary>
internal static class JobCodec
{
    public static byte[] Write(JobRecord job) => JsonSerializer.SerializeToUtf8Bytes(job, JobsJsonContext.Default.JobRecord);

    /// <summary>The record, or null when the bytes are none of this version: such a job is left alone.</summary>
    public static JobRecord? Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, JobsJsonContext.Default.JobRecord) is { Version: 1 } job ? job : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
