"""The report: python3 report.py OUT reads rows.tsv, growth.tsv, kernels.txt and facts.tsv there, and writes report.html, which needs nothing else."""
import collections
import html
import math
import os
import shutil
import statistics
import sys

import curves
import plots
import summary

STYLE = """body{font:15px/1.5 system-ui,sans-serif;color:#222;max-width:1000px;margin:2em auto;padding:0 1em}
h1{font-size:1.7em}h2{margin-top:2.2em;border-bottom:1px solid #ddd}h3{margin-bottom:.2em}
table{border-collapse:collapse;font-size:13px;margin:.8em 0}td,th{padding:.25em .7em;border-bottom:1px solid #e4e4e4;text-align:left}
td.n{text-align:right;font-variant-numeric:tabular-nums}.win{color:#1a7f37}.loss{color:#c0392b}code{background:#f4f4f4;padding:0 .25em}
svg{max-width:100%;height:auto}pre{font-size:12px;overflow-x:auto;background:#f8f8f8;padding:.8em}p.note{color:#666;font-size:13px}"""


def table(head, rows):
    """Rows of cells: text, or (text, class)."""
    def cell(value):
        text, kind = value if isinstance(value, tuple) else (value, "")
        return f"<td class='{kind}'>{html.escape(str(text))}</td>"
    lines = ["<table><tr>" + "".join(f"<th>{html.escape(h)}</th>" for h in head) + "</tr>"]
    lines += ["<tr>" + "".join(map(cell, row)) + "</tr>" for row in rows]
    return "\n".join(lines) + "</table>"


def headline(problems, took):
    rows = []
    for p in problems:
        ours = curves.time_to(p.curves.get(("libermopt auto", 1), []), 1e-6)
        two = curves.time_to(p.curves.get(("libermopt auto", 2), []), 1e-6)
        theirs, who = curves.best_peer(p, 1e-6)
        better = "" if not ours or not theirs else "win" if ours < theirs else "loss"
        rows.append([p.name, took.get(p.name, "–"), (curves.as_time(ours), "n"), (curves.as_time(two), "n"), who or "none", (curves.as_time(theirs), "n"),
                     (curves.ratio(ours, theirs), "n " + better)])
    return table(["problem", "auto took", "ours to 1e-6", "two threads", "fastest other", "its time", "ours is faster by"], rows)


def gap_plots(problem):
    one = [(name, points) for (name, threads), points in problem.curves.items() if threads == 1]
    time = [(name, [(p.seconds, p.error, p.low, p.high) for p in points]) for name, points in one]
    passes = [(name, sorted((p.passes, p.error) for p in points if p.passes > 0)) for name, points in one]
    passes = [(name, [row for row in rows if not math.isnan(row[0])]) for name, rows in passes]
    return (plots.lines(time, "seconds (median; bar: fastest to slowest)", "(F - F*) / F*") +
            plots.lines(passes, "passes over the data", "(F - F*) / F*"))


def problem_section(problem, data):
    gap = max((problem.optimum - problem.bound) / max(abs(problem.optimum), 1e-300), 0)
    rows = []
    for _, program, threads in curves.ranking(problem, 1e-6):
        points = problem.curves[program, threads]
        times = [(curves.as_time(curves.time_to(points, target)), "n") for target in curves.TARGETS]
        memory = max(points, key=lambda p: p.memory).memory
        rows.append([program, (threads, "n"), *times, (f"{min(p.error for p in points):.0e}", "n"), (f"{memory / 1e6:.0f} MB" if memory > 0 else "–", "n")])
    return (f"<h3>{problem.name}</h3><p>F* = {problem.optimum:.12g}, certified to {gap:.0e} of it. Again: "
            f"<code>benchmarks/run.sh {problem.name}{data}</code></p>" +
            table(["program", "threads", "to 1e-3", "1e-6", "1e-9", "best reached", "memory grew by"], rows) + gap_plots(problem))


def size_of(family, name):
    """The number that the family varies; for the condition number of an AR(rho) design, its limit ((1 + rho) / (1 - rho))^2."""
    kind, n, d, number = name.split(":")[1].split("-")
    if family == "condition":
        return ((1 + float(number)) / (1 - float(number))) ** 2
    return {"n": float(n), "d": float(d), "nnz": float(n) * float(number)}[family]


def growth_section(path):
    seen = collections.defaultdict(lambda: collections.defaultdict(list))
    with open(path) as lines:
        for line in lines:
            family, name, _, threads, _, _, seconds, passes = line.split("\t")[:8]
            seen[family, int(threads)][size_of(family, name)].append((float(seconds), float(passes)))
    text, head = [], "time of a pass, by size"
    fits = []
    for what in ("n", "d", "nnz"):
        drawn = []
        for threads in (1, 2):
            points = [(size, statistics.median(s / p for s, p in runs)) for size, runs in sorted(seen[what, threads].items())]
            drawn.append((f"{threads} threads", points))
            fits.append([f"time of a pass against {what}", threads, f"{plots.exponent(points):.2f}"])
        text.append(plots.lines(drawn, what, "seconds a pass"))
    points = [(size, statistics.median(p for _, p in runs)) for size, runs in sorted(seen["condition", 1].items())]
    fits.append(["passes to a gap of 1e-6 against the condition number", 1, f"{plots.exponent(points):.2f}"])
    text.append(plots.lines([("prox", points)], "condition number of X'X / n", "passes to a gap of 1e-6"))
    note = "<p>Cost = size^exponent, fitted by least squares to the logarithms; solver prox. 1 is linear; accelerated methods promise 0.5 for the condition number.</p>"
    return note + table(["quantity", "threads", "exponent"], fits) + "".join(text)


def read(path):
    if not os.path.exists(path):
        return ""
    with open(path) as text:
        return text.read()


def main():
    out = sys.argv[1]
    if not shutil.which("gnuplot"):
        print("report.py: gnuplot is not installed; no report.html (summary.md has the tables)", file=sys.stderr)
        return
    with open(os.path.join(out, "rows.tsv")) as lines:
        rows = list(curves.read_rows(lines))
    problems = curves.curves_of(rows)
    facts = [line.split("\t") for line in read(os.path.join(out, "facts.tsv")).splitlines()]
    noise = statistics.median(curves.spread(points) for p in problems for points in p.curves.values())
    parts = ["<!doctype html><meta charset='utf-8'><title>libermopt: benchmark</title><style>" + STYLE + "</style><h1>libermopt: benchmark</h1>", table(["", ""], facts),
             "<p>Every answer, ours and theirs, was certified by <code>erm_certify</code> on the same problem; only fits are timed. F* is the least objective of all answers. Repeats of one "
             f"setting differ by {noise:.0%} (median): smaller differences mean nothing.</p>",
             "<h2>Against the fastest other program</h2>", headline(problems, curves.chosen(rows)), "<h2>Kernels</h2><pre>" + html.escape(read(os.path.join(out, "kernels.txt"))) + "</pre>",
             "<h2>Growth of cost</h2>", growth_section(os.path.join(out, "growth.tsv")), "<h2>Each problem</h2>"]
    parts += [problem_section(problem, "") for problem in problems]
    with open(os.path.join(out, "report.html"), "w") as page:
        page.write("\n".join(parts))


if __name__ == "__main__":
    main()
