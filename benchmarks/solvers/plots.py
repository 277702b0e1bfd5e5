"""Plots by gnuplot, as SVG text that goes into a page."""
import math
import os
import subprocess
import tempfile

COLOURS = ["#0b5fa5", "#d1495b", "#2e8b57", "#e08e0b", "#7a4fa3", "#5c6b73", "#00a0a0", "#a0522d", "#c71585", "#808000",
           "#222222", "#87b5e0", "#f4a6b0", "#9acd66", "#c9a0dc", "#b8860b"]
HEAD = """set terminal svg size {width},{height} font 'sans-serif,12' background '#ffffff' dynamic
set output '{out}'
set border 3 lc rgb '#555555'
set tics nomirror
set grid lc rgb '#e4e4e4'
set key outside right top Left reverse maxcols 1 samplen 2 spacing 1.1
"""


def draw(script, width=760, height=340):
    """What gnuplot makes of the script."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "plot.svg")
        text = HEAD.format(width=width, height=height, out=out) + script
        subprocess.run(["gnuplot"], input=text, text=True, check=True, stderr=subprocess.PIPE)
        with open(out) as svg:
            return svg.read().split("?>", 1)[-1]


def quoted(text):
    """Between gnuplot's single quotes; its mark-up is not wanted."""
    return "'" + text.replace("'", "''").replace("_", " ") + "'"


def block(name, rows):
    return f"${name} << END\n" + "\n".join(" ".join(f"{v:.8g}" for v in row) for row in rows) + "\nEND\n"


def lines(curves, xlabel, ylabel, logarithmic="xy", extra=""):
    """Curves: (label, rows of x, y[, low, high of x]); straight lines between points."""
    if not any(rows for _, rows in curves):
        return ""
    script = f"set logscale {logarithmic}\nset format xy '10^{{%L}}'\nset xlabel {quoted(xlabel)}\nset ylabel {quoted(ylabel)}\n{extra}\n" if logarithmic else ""
    parts = []
    for number, (label, rows) in enumerate(curves):
        if not rows:
            continue  # but keeps its colour, so that a program has the same in two plots
        colour = COLOURS[number % len(COLOURS)]
        script += block(f"d{number}", rows)
        style = f"lc rgb '{colour}' lw {3 if label.startswith('libermopt auto') else 1.5} pt {5 + number % 8} ps 0.6"
        parts.append(f"$d{number} using 1:2 with linespoints {style} title {quoted(label)}")
        if len(rows[0]) == 4:
            parts.append(f"$d{number} using 1:2:3:4 with xerrorbars lc rgb '{colour}' pt -1 notitle")
    return draw(script + "plot " + ", ".join(parts) + "\n", width=960, height=max(340, 110 + 25 * len(curves)))


def bars(rows, xlabel, most=None):
    """Horizontal bars: (label, value, wanted or None), the first on top; a mark where a bar is wanted to end. Longer ones are cut at `most`."""
    if not rows:
        return ""
    count = len(rows)
    text = "\n".join(f"{count - number} {min(value, most or value):.6g} \"{label}\"" for number, (label, value, _) in enumerate(rows))
    marks = "\n".join(f"{count - number} {wanted:.6g}" for number, (_, _, wanted) in enumerate(rows) if wanted)
    script = f"$d << END\n{text}\nEND\nset xlabel {quoted(xlabel)}\nset yrange [0.3:{count + 0.7}]\nset xrange [0:{most or '*'}]\nset grid noytics\n"
    script += "unset key\nset ytics noenhanced scale 0\nset style fill solid\n"
    plot = f"plot $d using (0):1:(0):2:($1-0.3):($1+0.3):ytic(3) with boxxyerror lc rgb '{COLOURS[0]}'"
    if marks:
        script += f"$m << END\n{marks}\nEND\n"
        plot += f", $m using 2:($1-0.42):(0):(0.84) with vectors nohead lc rgb '{COLOURS[1]}' lw 3"
    return draw(script + plot + "\n", width=900, height=70 + 17 * count)


def exponent(points):
    """Slope of log y against log x by least squares."""
    logs = [(math.log(x), math.log(y)) for x, y in points if x > 0 and y > 0]
    if len(logs) < 2:
        return math.nan
    mean_x, mean_y = (sum(v) / len(logs) for v in zip(*logs))
    square = sum((x - mean_x) ** 2 for x, _ in logs)
    return sum((x - mean_x) * (y - mean_y) for x, y in logs) / square if square else math.nan
