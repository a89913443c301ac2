using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace LlmDapr.Edge.Forwarding;

/// <summary>The configuration section <c>Forwarding</c>: the bounds of what edge passes on.</summary>
internal sealed class ForwardingOptions
{
    public const string SectionName = "Forwarding";

    /// <summary>The largest request body, bytes. Default 16 MiB; the sidecars' <c>maxBodySize</c> must not be smaller.</summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public int MaxRequestBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>The largest plain answer, bytes: it is held whole before the caller is told of a success. Default 64 MiB.</summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public int MaxAnswerBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>The deadline of a caller that gives none, and the longest that one may give. Default 10 min, 1 s to 2 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "02:00:00")]
    public TimeSpan Deadline { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long after the deadline edge still waits for generation's own word about it. Default 2 s, 0.1 s to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan DeadlineGrace { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>After which silence a stream gets a comment, so that nothing between takes it for dead. Default 15 s, 0.1 s to 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(15);
}

/// <summary>Checks the attributes of <see cref="ForwardingOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class ForwardingOptionsValidator : IValidateOptions<ForwardingOptions>;
