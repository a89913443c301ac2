using System.Globalization;
using LlmDapr.Contracts;
using LlmDapr.Contracts.Errors;
using LlmDapr.Edge.Forwarding;
using Microsoft.Extensions.Options;

namespace LlmDapr.Edge.Callers;

/// <summary>Reads what a request's headers say about its caller.</summary>
internal sealed class CallerReader(IOptions<ForwardingOptions> options, TenantReader tenants)
{
    /// <summary>False when a header of the caller's is wrong; <paramref name="error"/> names it.</summary>
    public bool TryRead(HttpContext context, out Caller caller, out ApiError? error)
    {
        var timeLeft = options.Value.Deadline;
        error = null;
        if (context.Request.Headers.TryGetValue(HeaderNames.DeadlineMs, out var deadline))
        {
            if (!long.TryParse(deadline, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) || milliseconds <= 0)
            {
                error = ApiError.InvalidRequest($"The header '{HeaderNames.DeadlineMs}' must be a whole number of milliseconds above 0.", HeaderNames.DeadlineMs, "invalid_value");
            }
            else if (milliseconds < timeLeft.TotalMilliseconds)
            {
                timeLeft = TimeSpan.FromMilliseconds(milliseconds);
            }
        }

        caller = new Caller(tenants.Read(context.Request), context.TraceIdentifier, timeLeft);
        return error is null;
    }
}
