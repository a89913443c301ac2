namespace LlmDapr.Simulator.Limits;

/// <summary>Requests at once, by model name. Thread-safe.</summary>
internal sealed class ConcurrencyCaps
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _running = new(StringComparer.Ordinal);

    /// <summary>Takes a place, which is given back by disposing it once, or null when all are taken.</summary>
    public IDisposable? TryEnter(string model, int cap)
    {
        lock (_lock)
        {
            int running = _running.GetValueOrDefault(model);
            if (running >= cap)
            {
                return null;
            }

            _running[model] = running + 1;
            return new Place(this, model);
        }
    }

    private void Leave(string model)
    {
        lock (_lock)
        {
            if (--_running[model] == 0)
            {
                _running.Remove(model);
            }
        }
    }

    private sealed class Place(ConcurrencyCaps caps, string model) : IDisposable
    {
        public void Dispose() => caps.Leave(model);
    }
}
