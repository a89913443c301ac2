using Docker.DotNet;
using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Configurations;
using DotNet.Testcontainers.Images;

namespace LlmDapr.System.Tests.Containers;

/// <summary>The Docker of this machine, where it has one: nothing is pulled unless <c>LLMDAPR_PULL_IMAGES=true</c> allows it.</summary>
internal static class Docker
{
    private const string PullVariable = "LLMDAPR_PULL_IMAGES";

    private static readonly bool MayPull = string.Equals(Environment.GetEnvironmentVariable(PullVariable), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Why containers of these images cannot be had; null when they can.</summary>
    public static async Task<string?> WhyNotAsync(IReadOnlyList<TestImage> images, CancellationToken cancellationToken)
    {
        // The containers share the host's network, and are told apart by processes of the host that stand for them.
        if (!OperatingSystem.IsLinux())
        {
            return "The container tests need Docker on Linux.";
        }

        if (TestcontainersSettings.OS.DockerEndpointAuthConfig is not { } endpoint)
        {
            return "There is no Docker on this machine.";
        }

        using var client = endpoint.GetDockerClientBuilder(Guid.NewGuid()).Build();
        try
        {
            await client.System.PingAsync(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return $"Docker does not answer at {endpoint.Endpoint}: {e.Message}";
        }

        foreach (var image in MayPull ? [] : images)
        {
            try
            {
                await client.Images.InspectImageAsync(image.Name, cancellationToken);
            }
            catch (DockerImageNotFoundException)
            {
                return $"Docker has no image {image.Name}: docker pull it, name another by {image.Variable}, or set {PullVariable}=true.";
            }
        }

        return null;
    }

    /// <summary>A container in the host's network, run as this user, that is ended without asking.</summary>
    public static ContainerBuilder Container(TestImage image)
    {
        // The reaper of what a killed test leaves is a container itself, whose image nobody may have allowed to be pulled.
        TestcontainersSettings.ResourceReaperEnabled = MayPull;
        return new ContainerBuilder(image.Name)
            .WithImagePullPolicy(MayPull ? PullPolicy.Missing : PullPolicy.Never)
            .WithCreateParameterModifier(parameters =>
            {
                parameters.HostConfig!.NetworkMode = "host";
                parameters.User = UserOfThisProcess();
                parameters.StopSignal = "SIGKILL";
            });
    }

    // What is mounted belongs to this user alone.
    private static string UserOfThisProcess()
    {
        var status = File.ReadLines("/proc/self/status").ToDictionary(line => line.Split(':')[0], line => line.Split('\t', StringSplitOptions.RemoveEmptyEntries));
        return $"{status["Uid"][1]}:{status["Gid"][1]}";
    }
}
