using LlmDapr.Sidecar.Api;
using LlmDapr.Sidecar.State;

namespace LlmDapr.Sidecar.Tests.State;

public sealed class StateRouteTests
{
    [Theory]
    [InlineData("GET", "/v1.0/state/s/k", "Get", "k")]
    [InlineData("GET", "/v1.0/state/s/k/", "Get", "k")]
    [InlineData("GET", "//v1.0//state/s/k?x=/y/z", "Get", "k")]
    [InlineData("GET", "/v1.0/state/s/a%2Fb%20c+d%2B", "Get", "a/b c d+")]
    [InlineData("GET", "/v1.0/state/s/bulk", "Get", "bulk")]
    [InlineData("DELETE", "/v1.0/state/s/%C3%A9", "Delete", "é")]
    [InlineData("POST", "/v1.0/state/s", "Save", "")]
    [InlineData("PUT", "/v1.0/state/s/", "Save", "")]
    [InlineData("POST", "/v1.0/state/s/bulk", "BulkGet", "bulk")]
    [InlineData("POST", "/v1.0/state/s/transaction", "Transaction", "transaction")]
    [InlineData("POST", "/v1.0-alpha1/state/s/query", "Query", "query")]
    public void Find_RouteOfState_IsTakenApart(string method, string target, string operation, string key)
    {
        Assert.True(RequestTarget.TryParse(target, out var parsed));

        Assert.Equal(new StateRoute(Enum.Parse<StateOperation>(operation), "s", key), StateRoute.Find(method, parsed));
    }

    [Theory]
    [InlineData("GET", "/v1.0/state/s")]
    [InlineData("GET", "/v1.0/state/")]
    [InlineData("GET", "/v1.0/state")]
    [InlineData("GET", "/v1.0/state/s/a/b")]
    [InlineData("HEAD", "/v1.0/state/s/k")]
    [InlineData("POST", "/v1.0/state/s/k")]
    [InlineData("PATCH", "/v1.0/state/s")]
    [InlineData("GET", "/v1.0-alpha1/state/s/k")]
    [InlineData("GET", "/v1.0/invoke/a/method/v1.0/state/s/k")]
    public void Find_AnythingElse_IsNone(string method, string target)
    {
        Assert.True(RequestTarget.TryParse(target, out var parsed));

        Assert.Null(StateRoute.Find(method, parsed));
    }
}
