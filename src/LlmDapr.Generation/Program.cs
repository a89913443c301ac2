LlmDapr.Generation.GenerationApp.Build(args).Run();
