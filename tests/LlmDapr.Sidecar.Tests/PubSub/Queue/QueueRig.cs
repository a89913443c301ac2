using System.Text;
using LlmDapr.Sidecar.PubSub;
using LlmDapr.Sidecar.PubSub.Queue;
using LlmDapr.Sidecar.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LlmDapr.Sidecar.Tests.PubSub.Queue;

/// <summary>A broker on a data file that can be closed and opened again.</summary>
internal sealed class QueueRig : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("llmdapr-queue-");

    public QueueRig() => (Database, Broker) = Open();

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UtcNow);

    public Database Database { get; private set; }

    public Broker Broker { get; private set; }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>What a new process sees: what was held is written nowhere.</summary>
    public async Task ReopenAsync()
    {
        await CloseAsync();
        (Database, Broker) = Open();
    }

    public async Task PublishAsync(string topic, params string[] texts)
    {
        foreach (var text in texts)
        {
            await Broker.PublishAsync("pubsub", topic, Encoding.UTF8.GetBytes(text), new Dictionary<string, string>(), null, Cancel);
        }
    }

    public ValueTask<Topic> TopicAsync(string topic) => Broker.TopicAsync("pubsub", topic, Cancel);

    public async Task<Group> JoinAsync(string topic, string app) => await (await TopicAsync(topic)).JoinAsync(app, Cancel);

    /// <summary>Takes whatever is there.</summary>
    public static List<Message> TakeAll(Group group)
    {
        var messages = new List<Message>();
        while (group.TryTake() is { } message)
        {
            messages.Add(message);
        }

        return messages;
    }

    public static IEnumerable<string> Texts(IEnumerable<Message> messages) => messages.Select(Text);

    public static string Text(Message message) => Encoding.UTF8.GetString(message.Data);

    public long Count(string table) => Database.Read(connection => (long)connection.Prepared($"SELECT count(*) FROM {table}").ExecuteScalar()!);

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _folder.Delete(recursive: true);
    }

    private (Database Database, Broker Broker) Open()
    {
        var database = Database.Open(Path.Combine(_folder.FullName, "data.db"), NullLogger.Instance);
        return (database, new Broker(database, Time, NullLogger.Instance));
    }

    private async Task CloseAsync()
    {
        await Broker.DisposeAsync();
        await Database.DisposeAsync();
    }
}
