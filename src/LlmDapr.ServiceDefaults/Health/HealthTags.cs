namespace LlmDapr.ServiceDefaults.Health;

/// <summary>Tags of health checks.</summary>
public static class HealthTags
{
    /// <summary>The check belongs to <c>/readyz</c>.</summary>
    public const string Ready = "ready";
}
