using Spectre.Console;

namespace LlmDapr.Local.Output;

/// <summary>The runner's output: whole lines, each behind the name of who says it. Coloured on a terminal, plain elsewhere or with <c>NO_COLOR</c>. Safe for concurrent use.</summary>
internal sealed class RunOutput
{
    private static readonly string[] Colours = ["deepskyblue1", "chartreuse3", "orange1", "mediumpurple1", "turquoise2", "hotpink"];

    private readonly Lock _lock = new();
    private readonly TextWriter _writer;
    private readonly bool _colour;
    private readonly string _self;
    private int _names;
    private int _width = "runner".Length;

    /// <summary>Writes to any writer.</summary>
    public RunOutput(TextWriter writer, bool colour)
    {
        (_writer, _colour) = (writer, colour);
        _self = Paint("runner", "grey");
    }

    /// <summary>The output of this process.</summary>
    public static RunOutput OfThisProcess() =>
        new(Console.Out, !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Ansi && AnsiConsole.Profile.Capabilities.ColorSystem != ColorSystem.NoColors);

    /// <summary>Whether this is a terminal whose lines can be drawn anew.</summary>
    public bool IsTerminal => _colour && AnsiConsole.Profile.Capabilities.Interactive;

    /// <summary>Makes room for the names to come, so that all prefixes are of one width.</summary>
    public void Align(IEnumerable<string> names) => _width = Math.Max(_width, names.Max(name => name.Length));

    /// <summary>A function that writes a line behind a name. Each name has its colour.</summary>
    public Action<string> Named(string name)
    {
        var painted = Paint(name, Colours[_names++ % Colours.Length]);
        return line => Write(painted, name.Length, line);
    }

    /// <summary>A line of the runner's own.</summary>
    public void Say(string line) => Write(_self, "runner".Length, line);

    /// <summary>Lines without a prefix.</summary>
    public void Plain(string text)
    {
        lock (_lock)
        {
            _writer.WriteLine(text);
            _writer.Flush();
        }
    }

    /// <summary>A text in colour, where there is colour.</summary>
    public string Paint(string text, string style)
    {
        if (!_colour)
        {
            return text;
        }

        using var painted = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.Standard, Out = new AnsiConsoleOutput(painted) });
        console.Profile.Width = int.MaxValue;
        console.Write(new Markup(Markup.Escape(text), Style.Parse(style)));
        return painted.ToString();
    }

    private void Write(string painted, int length, string line)
    {
        lock (_lock)
        {
            _writer.WriteLine($"{painted}{new string(' ', Math.Max(0, _width - length))} | {line}");
            _writer.Flush();
        }
    }
}
