using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace LlmDapr.Generation.Calls;

/// <summary>The configuration section <c>Calls</c>: the bounds of one call.</summary>
internal sealed class CallOptions
{
    public const string SectionName = "Calls";

    /// <summary>The longest that a call may take in all, whatever the caller's deadline says. Default 10 min, 1 s to 2 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "02:00:00")]
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long <c>[DONE]</c> is waited for once every choice has ended. Default 2 s, 0.1 s to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan SilenceAfterFinish { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The largest request body, bytes. Default 16 MiB, as edge's own limit.</summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public int MaxRequestBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>The largest plain answer, bytes. Default 64 MiB.</summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public int MaxAnswerBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>The largest event of a stream, bytes. Default 16 MiB.</summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public int MaxEventBytes { get; set; } = 16 * 1024 * 1024;
}

/// <summary>Checks the attributes of <see cref="CallOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class CallOptionsValidator : IValidateOptions<CallOptions>;
