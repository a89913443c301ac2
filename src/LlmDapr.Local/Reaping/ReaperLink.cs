using System.Diagnostics;
using LlmDapr.Local.Output;

namespace LlmDapr.Local.Reaping;

/// <summary>The runner's side of its <see cref="Reaper"/>: tells it of every process, and replaces it when it dies. Safe for concurrent use.</summary>
internal sealed class ReaperLink : IAsyncDisposable
{
    private const int MostRestarts = 20;
    private static readonly TimeSpan FarewellTime = TimeSpan.FromSeconds(8);

    private readonly Lock _lock = new();
    private readonly RunMarker _marker;
    private readonly RunOutput _output;
    private readonly TimeProvider _time;
    private readonly HashSet<int> _told = [];
    private readonly List<string> _folders = [];
    private Process _watcher;
    private int _restarts;
    private bool _closed;

    /// <summary>Starts the watcher. It must be there before the first process that it is to watch.</summary>
    public ReaperLink(RunMarker marker, RunOutput output, TimeProvider time)
    {
        (_marker, _output, _time) = (marker, output, time);
        _watcher = Start();
    }

    /// <summary>The watcher's process id.</summary>
    public int WatcherId
    {
        get
        {
            lock (_lock)
            {
                return _watcher.Id;
            }
        }
    }

    /// <summary>A process began.</summary>
    public void Began(int id)
    {
        lock (_lock)
        {
            _told.Add(id);
            Tell_NeedsLock($"+{id}");
        }
    }

    /// <summary>A process ended: its number may become another's.</summary>
    public void Ended(int id)
    {
        lock (_lock)
        {
            _told.Remove(id);
            Tell_NeedsLock($"-{id}");
        }
    }

    /// <summary>A folder that must not outlive the run.</summary>
    public void Owns(string folder)
    {
        lock (_lock)
        {
            _folders.Add(folder);
            Tell_NeedsLock($"folder {folder}");
        }
    }

    /// <summary>Lets the watcher end, which it does at once when nothing of the run is left.</summary>
    public async ValueTask DisposeAsync()
    {
        Process watcher;
        lock (_lock)
        {
            _closed = true;
            watcher = _watcher;
        }

        try
        {
            watcher.StandardInput.Close();
            await watcher.WaitForExitAsync().WaitAsync(FarewellTime, _time);
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            watcher.Kill();
        }

        watcher.Dispose();
    }

    private Process Start()
    {
        var program = Environment.ProcessPath!;
        List<string> arguments = [Reaper.CommandName, _marker.RunId];
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            arguments.Insert(0, typeof(Reaper).Assembly.Location);
        }

        // A session of its own where there is one: neither the terminal nor a kill of the runner's group reaches it.
        if (Apps.ChildProcess.SetSid is { } setsid)
        {
            arguments.Insert(0, program);
            program = setsid;
        }

        var watcher = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, WorkingDirectory = Path.GetTempPath() })
            ?? throw new InvalidOperationException("The watcher did not start.");
        watcher.EnableRaisingEvents = true;
        watcher.Exited += (_, _) => Replace(watcher);
        return watcher;
    }

    private void Replace(Process dead)
    {
        lock (_lock)
        {
            if (_closed || dead != _watcher)
            {
                return;
            }

            if (++_restarts > MostRestarts)
            {
                _output.Say("the watcher process keeps dying: if this program is killed, its apps will stay");
                return;
            }

            _watcher = Start();
            foreach (var order in _folders.Select(folder => $"folder {folder}").Concat(_told.Select(id => $"+{id}")))
            {
                Tell_NeedsLock(order);
            }
        }
    }

    private void Tell_NeedsLock(string order)
    {
        if (_closed)
        {
            return;
        }

        try
        {
            _watcher.StandardInput.WriteLine(order);
            _watcher.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It is dead. The next one is told everything.
        }
    }
}
