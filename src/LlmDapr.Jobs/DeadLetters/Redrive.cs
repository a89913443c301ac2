namespace LlmDapr.Jobs.DeadLetters;

/// <summary>What became of the wish to send a dead letter's event again.</summary>
public enum Redrive
{
    /// <summary>It is on its topic again, and no dead letter any more.</summary>
    Sent,

    /// <summary>There is no such letter.</summary>
    NotFound,

    /// <summary>It is not a CloudEvent in JSON, or of a topic that this system does not read: nothing could be done with it.</summary>
    Unusable,
}
