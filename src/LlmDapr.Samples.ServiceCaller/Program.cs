using LlmDapr.Samples.ServiceCaller;

await ServiceCallerApp.Build(args).RunAsync();
