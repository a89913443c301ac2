using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace LlmDapr.Generation.Recovery;

/// <summary>The configuration section <c>Recovery</c>: bounds of what is done for a stream that broke. Whether anything is done is a model's <c>Recovery</c>.</summary>
internal sealed class RecoveryOptions
{
    public const string SectionName = "Recovery";

    /// <summary>How often one answer may be taken up again. Default 2, 1 to 5; the request's attempts (<c>Attempts:MaxAttempts</c>) and its clock bound it, too.</summary>
    [Range(1, 5)]
    public int MaxPerRequest { get; set; } = 2;
}

/// <summary>Checks the attributes of <see cref="RecoveryOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class RecoveryOptionsValidator : IValidateOptions<RecoveryOptions>;
