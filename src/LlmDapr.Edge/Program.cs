LlmDapr.Edge.EdgeApp.Build(args).Run();
