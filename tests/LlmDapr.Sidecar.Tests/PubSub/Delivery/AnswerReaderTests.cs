using System.IO.Compression;
using System.Net;
using System.Text;
using LlmDapr.Sidecar.PubSub.Delivery;
using LlmDapr.Sidecar.Resiliency;

namespace LlmDapr.Sidecar.Tests.PubSub.Delivery;

public sealed class AnswerReaderTests
{
    [Theory]
    [InlineData(200, "", "Success")]
    [InlineData(200, "{\"status\":\"SUCCESS\"}", "Success")]
    [InlineData(204, "", "Success")]
    [InlineData(200, "thanks", "Success")]
    [InlineData(200, "\"RETRY\"", "Success")]
    [InlineData(200, "[{\"status\":\"RETRY\"}]", "Success")]
    [InlineData(200, "{\"status\":1}", "Success")]
    [InlineData(200, "{\"status\":null}", "Success")]
    [InlineData(200, "{\"ok\":{\"status\":\"RETRY\"}}", "Success")]
    [InlineData(200, "{\"status\":\"RETRY\"} and more", "Success")]
    [InlineData(200, "{\"status\":\"RETRY\"", "Success")]
    [InlineData(200, "{\"status\":\"RETRY\"}", "Retry")]
    [InlineData(201, "{\"more\":[1,{}],\"STATUS\":\"RETRY\"}", "Retry")]
    [InlineData(200, "{\"status\":\"success\"}", "Retry")]
    [InlineData(200, "{\"status\":\"DROP\"}", "Drop")]
    [InlineData(404, "{\"status\":\"SUCCESS\"}", "Drop")]
    [InlineData(301, "", "Status")]
    [InlineData(500, "{\"status\":\"DROP\"}", "Status")]
    public async Task Read_AnAnswer_MeansWhatDaprSays(int status, string body, string kind)
    {
        using var answer = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body) };

        Assert.Equal(kind, (await ReadAsync(answer)).Kind.ToString());
    }

    [Fact]
    public async Task Read_GzippedAnswer_IsUnpacked()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write("{\"status\":\"DROP\"}"u8);
        }

        using var answer = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(packed.ToArray()) };
        answer.Content.Headers.ContentEncoding.Add("gzip");

        Assert.Equal(AnswerKind.Drop, (await ReadAsync(answer)).Kind);
    }

    [Fact]
    public async Task Read_AnswersBody_StaysOutOfTheText()
    {
        using var answer = new HttpResponseMessage(HttpStatusCode.BadGateway) { Content = new StringContent("secret") };

        Assert.DoesNotContain("secret", (await ReadAsync(answer)).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Retry", 200, true)]
    [InlineData("Broken", 0, true)]
    [InlineData("Status", 503, true)]
    [InlineData("Status", 400, false)]
    [InlineData("Drop", 404, false)]
    [InlineData("Success", 200, false)]
    public void IsRepeatable_WithMatching_LooksAtStatusesOnly(string kind, int status, bool repeatable)
    {
        var answer = new DeliveryAnswer(Enum.Parse<AnswerKind>(kind), status, "");

        Assert.Equal(repeatable, answer.IsRepeatable(StatusCodeSet.Parse("429,500-599", StatusCodeSet.Http)));
    }

    private static Task<DeliveryAnswer> ReadAsync(HttpResponseMessage answer) => AnswerReader.ReadAsync(answer, "e", "t", TestContext.Current.CancellationToken);
}
