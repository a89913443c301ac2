namespace LlmDapr.Simulator.Limits;

/// <summary>Requests at once, by model name. Thread-safe.</summary>
internal sealed class ConcurrencyCaps
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _running = new(StringComparer.Ordinal);

    /// <summary>Takes a place, to be given back by <see cref="Leave"/>, or false when all are taken.</summary>
    public bool TryEnter(string model, int cap)
    {
        lock (_lock)
        {
            int running = _running.GetValueOrDefault(model);
            if (running >= cap)
            {
                return false;
            }

            _running[model] = running + 1;
            return true;
        }
    }

    public void Leave(string model)
    {
        lock (_lock)
        {
            if (--_running[model] == 0)
            {
                _running.Remove(model);
            }
        }
    }
}
