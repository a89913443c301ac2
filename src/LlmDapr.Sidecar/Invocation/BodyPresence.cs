using Microsoft.AspNetCore.Http.Features;

namespace LlmDapr.Sidecar.Invocation;

/// <summary>Whether the app gets a body: daprd sends an empty chunked one with every verb that usually has one.</summary>
internal sealed class BodyPresence(bool present) : IHttpRequestBodyDetectionFeature
{
    private static readonly BodyPresence Some = new(true);
    private static readonly BodyPresence None = new(false);

    /// <inheritdoc/>
    public bool CanHaveBody => present;

    /// <summary>Decides for a call.</summary>
    public static void Decide(InvocationCall call)
    {
        var request = call.Context.Request;
        var has = request.ContentLength > 0 || !call.HasLength
            || (call.Verb != HttpMethod.Get && call.Verb != HttpMethod.Head && call.Verb != HttpMethod.Delete && call.Verb != HttpMethod.Options);
        call.Context.Features.Set<IHttpRequestBodyDetectionFeature>(has ? Some : None);
    }
}
