namespace LlmDapr.Contracts.Requests;

/// <summary>Where <c>stream_options</c> stands in a body, as byte offsets.</summary>
/// <param name="Value">The member's value, an object or <c>null</c>; the default range when the member is absent.</param>
/// <param name="IncludeUsageValue">The value of <c>include_usage</c> in it; the default range when absent.</param>
/// <param name="IsObject">Whether the value is an object.</param>
/// <param name="IsEmpty">Whether that object has no members.</param>
/// <param name="IncludeUsage">Whether <c>include_usage</c> is true.</param>
internal readonly record struct StreamOptionsMember(Range? Value, Range? IncludeUsageValue, bool IsObject, bool IsEmpty, bool IncludeUsage);
