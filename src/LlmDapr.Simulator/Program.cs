using LlmDapr.Simulator;

await SimulatorApp.Build(args).RunAsync();
