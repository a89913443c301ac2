using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace LlmDapr.ServiceDefaults.Starting;

/// <summary>Runs a service as its process's only work.</summary>
public static class ServiceStart
{
    /// <summary>
    /// Runs it until it is told to stop. Gives the exit code: 1 when it cannot start because of a wrong setting or a busy port, for which a message
    /// goes to standard error that says what to change, without a stack trace.
    /// </summary>
    public static async Task<int> RunAsync(string name, Func<WebApplication> build)
    {
        ArgumentNullException.ThrowIfNull(build);
        WebApplication app;
        try
        {
            app = build();

            // Here rather than in the host's own start, which logs a stack trace.
            app.Services.GetService<IStartupValidator>()?.Validate();
            await app.StartAsync();
        }
        catch (Exception e) when (e is OptionsValidationException or InvalidOperationException or IOException or FormatException or AggregateException)
        {
            await Console.Error.WriteLineAsync($"{name} cannot start:{string.Concat(Reasons(e).Select(reason => $"{Environment.NewLine}  {reason}"))}");
            return 1;
        }

        await app.WaitForShutdownAsync();
        await app.DisposeAsync();
        return 0;
    }

    private static IEnumerable<string> Reasons(Exception e) => e switch
    {
        OptionsValidationException wrong => wrong.Failures,
        AggregateException several => several.Flatten().InnerExceptions.SelectMany(Reasons),
        _ => [e.Message],
    };
}
