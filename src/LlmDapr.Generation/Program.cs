using LlmDapr.Contracts;
using LlmDapr.Generation;
using LlmDapr.ServiceDefaults.Starting;

return await ServiceStart.RunAsync(AppIds.Generation, () => GenerationApp.Build(args));
