namespace LlmDapr.Simulator.Control;

/// <summary>The last requests, byte for byte. Thread-safe. Bounded by number and by bytes: what doesn't fit is forgotten, the oldest first.</summary>
public sealed class RequestLog
{
    private const int MaxRequests = 200;
    private const long MaxBytes = 64 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Queue<RecordedRequest> _requests = new();
    private long _bytes;

    /// <summary>The requests for a model's name (null: for all), the oldest first.</summary>
    public IReadOnlyList<RecordedRequest> Of(string? model)
    {
        lock (_lock)
        {
            return [.. _requests.Where(request => model is null || request.Model == model)];
        }
    }

    internal void Add(RecordedRequest request)
    {
        lock (_lock)
        {
            _requests.Enqueue(request);
            _bytes += request.Body.Length;
            while (_requests.Count > MaxRequests || _bytes > MaxBytes)
            {
                _bytes -= _requests.Dequeue().Body.Length;
            }
        }
    }

    internal void Clear()
    {
        lock (_lock)
        {
            _requests.Clear();
            _bytes = 0;
        }
    }
}
