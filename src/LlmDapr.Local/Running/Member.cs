using LlmDapr.Local.Apps;
using LlmDapr.Local.Output;

namespace LlmDapr.Local.Running;

/// <summary>A process of the run with its name and its log.</summary>
internal sealed record Member(string Name, ChildProcess Process, ProcessLog Log);
