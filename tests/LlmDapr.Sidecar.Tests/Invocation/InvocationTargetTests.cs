using System.Text;
using LlmDapr.Sidecar.Invocation;
using Microsoft.AspNetCore.Http;

namespace LlmDapr.Sidecar.Tests.Invocation;

public sealed class InvocationTargetTests
{
    private const string Path = "/v1.0/invoke/by-path/method/who/x";

    [Fact]
    public void TryFind_AllThreeForms_TakesTheHeaderAndTheWholePath() =>
        Assert.Equal(new InvocationTarget("by-header", "v1.0/invoke/by-path/method/who/x", true), Find(Path, header: "by-header", basic: "dapr-app-id:by-basic"));

    [Fact]
    public void TryFind_BasicAndPath_TakesBasicAndTheWholePath() =>
        Assert.Equal(new InvocationTarget("by-basic", "v1.0/invoke/by-path/method/who/x", false), Find(Path, basic: "dapr-app-id:by-basic"));

    [Theory]
    [InlineData("bob:secret")]
    [InlineData("dapr-app-id:")]
    public void TryFind_BasicThatNamesNoApp_TakesThePath(string basic) =>
        Assert.Equal(new InvocationTarget("by-path", "who/x", false), Find(Path, basic: basic));

    [Fact]
    public void TryFind_EmptyHeader_TakesThePath() => Assert.Equal(new InvocationTarget("by-path", "who/x", false), Find(Path, header: ""));

    [Fact]
    public void TryFind_TwoHeaders_TakesTheFirst()
    {
        var headers = new HeaderDictionary { ["dapr-app-id"] = new(["one", "two"]) };

        Assert.True(InvocationTarget.TryFind("/x", headers, out var target));
        Assert.Equal("one", target.AppId);
    }

    [Theory]
    [InlineData("/v1.0/invoke/a/method/", "a", "")]
    [InlineData("//v1.0/invoke/a/method/b", "a", "b")]
    [InlineData("/v1.0/invoke/a/method//b//c", "a", "/b//c")]
    [InlineData("/v1.0/invoke/./method/b", ".", "b")]
    [InlineData("/v1.0/invoke/http://127.0.0.1:1/method/b", "http://127.0.0.1:1", "b")]
    [InlineData("/v1.0/invoke/a/method/../../../echo", "a", "../../../echo")]
    public void TryFind_PathForm_IsTakenFromTheUncleanedPath(string path, string appId, string method) =>
        Assert.Equal(new InvocationTarget(appId, method, false), Find(path));

    [Theory]
    [InlineData("/")]
    [InlineData("/v1.0/invoke")]
    [InlineData("/v1.0/invoke/a")]
    [InlineData("/v1.0/invoke/a/method")]
    [InlineData("/v1.0/invoke//method/b")]
    [InlineData("/v1.0/Invoke/a/method/b")]
    [InlineData("/v1.0-alpha1/invoke/a/method/b")]
    public void TryFind_NoForm_FindsNothing(string path) => Assert.False(InvocationTarget.TryFind(path, new HeaderDictionary(), out _));

    private static InvocationTarget Find(string path, string? header = null, string? basic = null)
    {
        var headers = new HeaderDictionary();
        if (header is not null)
        {
            headers["dapr-app-id"] = header;
        }

        if (basic is not null)
        {
            headers["Authorization"] = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(basic));
        }

        Assert.True(InvocationTarget.TryFind(path, headers, out var target));
        return target;
    }
}
