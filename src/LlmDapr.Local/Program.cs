using LlmDapr.Local;

return await LocalCommandLine.InvokeAsync(args);
