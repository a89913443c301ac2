using LlmDapr.Sidecar.Hosting;

return await SidecarProcess.RunAsync(args, Console.Out, Console.Error);
