namespace LlmDapr.Sidecar.State;

/// <summary>Why an operation on state failed. Each API has its own code and its own words around <paramref name="Text"/>.</summary>
/// <param name="Kind">What the caller can do about it.</param>
/// <param name="Text">daprd's text of the error itself, without what the operation puts before it.</param>
/// <param name="Key">The offending key, for <see cref="StateErrorKind.IllegalKey"/>.</param>
internal sealed record StateError(StateErrorKind Kind, string Text, string? Key = null)
{
    /// <summary>The etag given is not the one there, or a first-write found something.</summary>
    public static readonly StateError Mismatch = new(StateErrorKind.EtagMismatch, "possible etag mismatch. error from state store");

    /// <summary>Keys belong to prefixes by <c>||</c>, so they must not have it themselves.</summary>
    public static StateError Illegal(string key) => new(StateErrorKind.IllegalKey, $"input key/keyPrefix '{key}' can't contain '||'", key);

    /// <summary>The errors of several items as one; null when there is none.</summary>
    public static StateError? Join(IReadOnlyCollection<StateError> errors)
    {
        if (errors.Count == 0)
        {
            return null;
        }

        var text = string.Join('\n', errors.Select(error => error.Text));
        return errors.Any(error => error.Kind == StateErrorKind.EtagMismatch)
            ? new StateError(StateErrorKind.EtagMismatch, $"{Mismatch.Text}: {text}")
            : new StateError(StateErrorKind.Failed, text);
    }
}
