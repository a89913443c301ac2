using LlmDapr.Contracts;
using LlmDapr.Edge;
using LlmDapr.ServiceDefaults.Starting;

return await ServiceStart.RunAsync(AppIds.Edge, () => EdgeApp.Build(args));
