namespace LlmDapr.Generation.Recovery;

/// <summary>Whether a new answer goes on where the first one broke.</summary>
internal enum JointState
{
    /// <summary>Not known yet.</summary>
    Open,

    /// <summary>It does, without <see cref="AnswerJoint.Skip"/> characters of its beginning.</summary>
    Joined,

    /// <summary>It says something else.</summary>
    Different,
}
