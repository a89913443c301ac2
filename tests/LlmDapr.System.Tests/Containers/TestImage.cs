namespace LlmDapr.System.Tests.Containers;

/// <summary>An image that the tests use.</summary>
/// <param name="Variable">The variable that may name another.</param>
/// <param name="Name">Its name.</param>
internal sealed record TestImage(string Variable, string Name)
{
    /// <summary>A real daprd: <c>LLMDAPR_DAPRD_IMAGE</c>, by default that of docker-compose.yml.</summary>
    public static readonly TestImage Daprd = Of("LLMDAPR_DAPRD_IMAGE", "daprio/daprd:1.19.0");

    /// <summary>A Redis: <c>LLMDAPR_REDIS_IMAGE</c>.</summary>
    public static readonly TestImage Redis = Of("LLMDAPR_REDIS_IMAGE", "redis:7");

    private static TestImage Of(string variable, string otherwise) => new(variable, Environment.GetEnvironmentVariable(variable) is { Length: > 0 } given ? given : otherwise);
}
