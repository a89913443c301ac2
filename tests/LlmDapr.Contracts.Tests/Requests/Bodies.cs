using System.Text;
using LlmDapr.Contracts.Errors;
using LlmDapr.Contracts.Requests;

namespace LlmDapr.Contracts.Tests.Requests;

/// <summary>Reads request bodies written as text.</summary>
internal static class Bodies
{
    public static RequestEnvelope Read(string body, RequestKind kind = RequestKind.ChatCompletion)
    {
        Assert.True(RequestEnvelope.TryRead(Encoding.UTF8.GetBytes(body), kind, out var envelope, out var error), error?.Message);
        return envelope;
    }

    public static ApiError Refuse(string body, RequestKind kind = RequestKind.ChatCompletion) => Refuse(Encoding.UTF8.GetBytes(body), kind);

    public static ApiError Refuse(byte[] body, RequestKind kind = RequestKind.ChatCompletion)
    {
        Assert.False(RequestEnvelope.TryRead(body, kind, out _, out var error), "The body was taken.");
        return error;
    }

    public static string Spliced(string body, string model, bool includeUsage) => Encoding.UTF8.GetString(Read(body).WithTarget(model, includeUsage).Span);
}
