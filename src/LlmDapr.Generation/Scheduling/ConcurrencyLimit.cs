namespace LlmDapr.Generation.Scheduling;

/// <summary>How many calls a target may have at once. Not thread-safe; times are seconds on the scheduler's clock.</summary>
internal abstract class ConcurrencyLimit
{
    /// <summary>The limit now.</summary>
    public abstract double Value { get; }

    public static ConcurrencyLimit Create(SchedulingOptions options) => options.Limiter switch
    {
        LimiterKind.Aimd => new AimdLimit(options.StartLimit, options.MinLimit, options.MaxLimit),
        LimiterKind.Gradient => new GradientLimit(options.StartLimit, options.MinLimit, options.MaxLimit),
        LimiterKind.Fixed => new FixedLimit(options.StartLimit),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Limiter, null),
    };

    /// <summary>Whether one more call may go out.</summary>
    public virtual bool HasRoom(int inFlight, double now) => inFlight < (int)Value;

    /// <summary>Seconds until there may be room without any call having ended; infinite when there will not.</summary>
    public virtual double UntilRoom(int inFlight, double now) => double.PositiveInfinity;

    /// <summary>A call goes out.</summary>
    public virtual void Sent(CallMark call)
    {
    }

    /// <summary>The provider has begun to answer a call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="inFlight">Calls in flight now.</param>
    /// <param name="now">Now.</param>
    public virtual void Taken(CallMark call, int inFlight, double now)
    {
    }

    /// <summary>The first token came after this time, seconds.</summary>
    public virtual void FirstToken(double after, int inFlight)
    {
    }

    /// <summary>The provider refused a call for want of room, or a clock of ours ran out.</summary>
    public virtual void Lost(CallMark call, double now)
    {
    }

    /// <summary>A call has ended, however.</summary>
    public virtual void Ended(CallMark call)
    {
    }

    /// <summary>The provider tells that it allows more than before, or less, of something else: then this limit is likely to have changed, too.</summary>
    public virtual void Told(LimitChange change)
    {
    }
}
