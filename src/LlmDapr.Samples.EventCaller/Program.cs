using LlmDapr.Samples.EventCaller;

await EventCallerApp.Build(args).RunAsync();
