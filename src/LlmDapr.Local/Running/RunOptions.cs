using LlmDapr.Local.Apps;
using LlmDapr.Local.Ports;
using LlmDapr.Local.RunFile;
using LlmDapr.Local.Scaling;
using LlmDapr.Local.Sidecars;

namespace LlmDapr.Local.Running;

/// <summary>What the command line says about a run.</summary>
internal sealed record RunOptions
{
    /// <summary>The default of <see cref="Timeout"/>, in seconds.</summary>
    public const int DefaultTimeoutSeconds = 60;

    /// <summary><c>--run-file</c>: a file or a folder that has a <c>dapr.yaml</c>. Default: the nearest one upwards.</summary>
    public string? RunFile { get; init; }

    /// <summary><c>--sidecar</c>. Default <see cref="SidecarMode.Auto"/>.</summary>
    public SidecarMode Sidecar { get; init; }

    /// <summary><c>--ports</c>. Default <see cref="PortMode.Declared"/>.</summary>
    public PortMode Ports { get; init; }

    /// <summary><c>--report</c>: the file that says where everything is, written when all is ready. Default: none.</summary>
    public string? ReportPath { get; init; }

    /// <summary><c>--env</c> and <c>--app-env</c>.</summary>
    public EnvironmentOverrides Env { get; init; } = EnvironmentOverrides.None;

    /// <summary><c>--scale</c>. Default: one of each app.</summary>
    public ReplicaCounts Scale { get; init; } = ReplicaCounts.None;

    /// <summary><c>--data-file</c>: where the development sidecar keeps state and messages. Default: <c>.dapr/llmdapr.db</c> beside the run file.</summary>
    public string? DataFile { get; init; }

    /// <summary>Whether state and messages end with the run, instead of <see cref="DataFile"/>. Default false.</summary>
    public bool TemporaryData { get; init; }

    /// <summary><c>--timeout</c>: how long the apps may take to become ready. Default 60 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(DefaultTimeoutSeconds);

    /// <summary>Which of the run file's apps are started, by app-id. Default: all.</summary>
    public Func<string, bool> Wanted { get; init; } = _ => true;

    /// <summary>Variables of this process that the apps must not have, by name. Default: none.</summary>
    public Func<string, bool> Withheld { get; init; } = _ => false;

    /// <summary>A last change to each app of the run file, before ports are assigned. Default: none.</summary>
    public Func<AppPlan, AppPlan> Adapt { get; init; } = app => app;
}
