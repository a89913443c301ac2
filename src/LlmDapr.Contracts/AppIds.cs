namespace LlmDapr.Contracts;

/// <summary>Dapr app-ids. All are lower case: <c>InvocationHandler</c> lower-cases the host it reads an id from.</summary>
public static class AppIds
{
    /// <summary>The public API.</summary>
    public const string Edge = "edge";

    /// <summary>The service that calls providers.</summary>
    public const string Generation = "generation";

    /// <summary>The OpenAI-compatible provider for a machine without a key.</summary>
    public const string Simulator = "simulator";
}
