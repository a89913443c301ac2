using LlmDapr.Simulator;
using Microsoft.Extensions.Options;

try
{
    await SimulatorApp.Build(args).RunAsync();
    return 0;
}
catch (Exception error) when (error is OptionsValidationException or InvalidOperationException or IOException)
{
    // A wrong setting or a busy port: the message says what to change, a stack trace doesn't.
    await Console.Error.WriteLineAsync($"The simulator can't start: {error.Message}");
    return 1;
}
