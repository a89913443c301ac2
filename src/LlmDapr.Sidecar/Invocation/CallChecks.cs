using System.Text;
using LlmDapr.Sidecar.Api;

namespace LlmDapr.Sidecar.Invocation;

/// <summary>What is wrong with a call whatever its target's state is.</summary>
internal static class CallChecks
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Finds the reason to refuse the call; null when there is none.</summary>
    public static CallRefusal? Find(InvocationCall call)
    {
        var method = call.Target.Method;
        if (method.AsSpan().IndexOfAny('?', '#') >= 0)
        {
            return new($"rpc error: code = InvalidArgument desc = invalid method: method contains forbidden character: \"{GoPath.ToText(method)}\"");
        }

        call.Caller.Routes.Classify(call);
        if (call.Kind == ChannelKind.Remote && !HasOnlyUtf8(call.Context.Request.Headers))
        {
            return new("error sending message: rpc error: code = Internal desc = grpc: error while marshaling: string field contains invalid UTF-8");
        }

        return HttpMethods.IsConnect(call.Context.Request.Method)
            ? new($"{call.FarSide}rpc error: code = InvalidArgument desc = invalid HTTP verb")
            : FindTooLarge(call);
    }

    private static CallRefusal? FindTooLarge(InvocationCall call)
    {
        var limit = call.Caller.Options.MaxBodySize;
        if (call.Context.Request.ContentLength is not { } length || length <= limit || !call.Caller.Routes.Exists(call))
        {
            return null;
        }

        var address = call.Caller.Routes.AddressOf(call);
        var url = $"\"{address}{AppUrl.PathOf(call)}{call.Query}\"";
        var verb = $"{call.Verb.Method[..1]}{call.Verb.Method[1..].ToLowerInvariant()}";
        if (call.Kind != ChannelKind.Remote)
        {
            var host = address[(address.IndexOf("://", StringComparison.Ordinal) + 3)..];
            return new($"{verb} {url}: readfrom tcp 127.0.0.1:0->{host}: stream too large", TooLarge: true);
        }

        // daprd counts the body's bytes and then reads one more: a body that is exactly one too long fails at the app's side.
        return length == limit + 1
            ? new($"{call.FarSide}{verb} {url}: net/http: HTTP/1.x transport connection broken: http: ContentLength={length} with Body length {limit}")
            : new("stream too large", TooLarge: true);
    }

    private static bool HasOnlyUtf8(IHeaderDictionary headers)
    {
        foreach (var (_, values) in headers)
        {
            foreach (var value in values)
            {
                if (value is not null && !Ascii.IsValid(value) && !IsUtf8(value))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static bool IsUtf8(string value)
    {
        try
        {
            Strict.GetCharCount(Encoding.Latin1.GetBytes(value));
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
