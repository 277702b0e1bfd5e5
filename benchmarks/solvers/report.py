"""The report: python3 report.py OUT reads the TSV files there, and writes report.html, which needs nothing else."""
import html
import math
import os
import re
import shutil
import statistics
import sys

import curves
import plots
from page import table
from machine import growth_section, kernels_section, threads_section

STYLE = """body{font:15px/1.5 system-ui,sans-serif;color:#222;max-width:1040px;margin:2em auto;padding:0 1em}
h1{font-size:1.7em}h2{margin-top:2.2em;border-bottom:1px solid #ddd}h3{margin-bottom:.2em}
table{border-collapse:collapse;font-size:13px;margin:.8em 0}td,th{padding:.25em .7em;border-bottom:1px solid #e4e4e4;text-align:left}
td.n{white-space:nowrap;text-align:right;font-variant-numeric:tabular-nums}.win{color:#1a7f37}.loss{color:#c0392b}td.p{white-space:nowrap}td code{font-size:11px}code{background:#f4f4f4;padding:0 .25em}
svg{max-width:100%;height:auto}pre{font-size:12px;overflow-x:auto;background:#f8f8f8;padding:.8em}p.note{color:#666;font-size:13px}"""


def anchor(name):
    return re.sub("[^a-z0-9]+", "-", name.lower())


def headline(problems, took):
    rows = []
    for p in problems:
        ours = curves.time_to(p.curves.get(("libermopt auto", 1), []), 1e-6)
        two = curves.time_to(p.curves.get(("libermopt auto", 2), []), 1e-6)
        theirs, who = curves.best_peer(p, 1e-6)
        better = "" if not ours or not theirs else "win" if ours < theirs else "loss"
        rows.append([("#" + anchor(p.name), p.name), took.get(p.name, "–"), (curves.as_time(ours), "n"), (curves.as_time(two), "n"), who, (curves.as_time(theirs), "n"),
                     (curves.ratio(ours, theirs), "n " + better)])
    return table(["problem", "auto took", "ours to 1e-6", "two threads", "fastest other", "its time", "ours is faster by"], rows)


def gap_plots(problem):
    one = [(name, points) for (name, threads), points in problem.curves.items() if threads == 1]
    time = [(name, [(p.seconds, p.error, p.low, p.high) for p in points]) for name, points in one]
    passes = [(name, sorted(((p.passes, p.error) for p in points if p.passes > 0), key=lambda row: (row[0], -row[1]))) for name, points in one]
    passes = [(name, [row for row in rows if not math.isnan(row[0])]) for name, rows in passes]
    return (plots.lines(time, "seconds (median; bar: fastest to slowest)", "(F - F*) / F*") +
            plots.lines(passes, "passes over the data", "(F - F*) / F*"))


def again(problem, command, program=None):
    """The command that runs this row, or all of this problem, once more."""
    if problem.startswith("text to model"):
        return f"{command} --part end"
    only = f" --only '{program}'" if program else ""
    return f"{command}{only} {problem}"


def problem_section(problem, command):
    rows = []
    for _, program, threads in curves.ranking(problem, 1e-6):
        points = problem.curves[program, threads]
        times = [(curves.as_time(curves.time_to(points, target)), "n") for target in curves.TARGETS]
        memory = max(points, key=lambda p: p.memory).memory
        rows.append([(program, "p"), (threads, "n"), *times, (f"{min(p.error for p in points):.0e}", "n"),
                     (f"{memory / 1e6:.1f} MB" if memory > 0 else "–", "n"), (again(problem.name, command, program), "code")])
    return (f"<h3 id='{anchor(problem.name)}'>{html.escape(problem.name)}</h3><p>{curves.optimum_text(problem)}. Again, all of it: "
            f"<code>{html.escape(again(problem.name, command))}</code></p>" +
            table(["program", "threads", "to 1e-3", "1e-6", "1e-9", "best reached", "memory", "again"], rows) + gap_plots(problem))


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
    inside = lambda name: os.path.join(out, name)
    problems = curves.curves_of(rows := curves.read_files([inside("rows.tsv"), inside("end.tsv")]))
    facts = [line.split("\t") for line in read(inside("facts.tsv")).splitlines()]
    command = dict(facts).get("command", "benchmarks/run.sh")
    spreads = [curves.spread(points) for p in problems for points in p.curves.values()]
    noise = f"Repeats of one setting differ by {statistics.median(spreads):.0%} (median): smaller differences mean nothing." if spreads else ""
    parts = ["<!doctype html><meta charset='utf-8'><title>libermopt: benchmark</title><style>" + STYLE + "</style><h1>libermopt: benchmark</h1>", table(["", ""], facts),
             "<p>Every answer, ours and theirs, was certified by <code>erm_certify</code> on the same problem; only fits are timed, but from text to model all of "
             f"the program. F* is the least objective of all answers; an accuracy is (F - F*) / F*, of a path the worst. {noise} Memory: the most that one fit "
             "took beside what the process had before, from text to model all of it. A dash: not reached within the limits of the mode.</p>"]
    if problems:
        parts += ["<h2>Against the fastest other program</h2>", headline(problems, curves.chosen(rows))]
    parts += [kernels_section(inside("kernels.tsv"), command), threads_section(inside("kernels.tsv"), inside("growth.tsv"), problems),
              growth_section(inside("growth.tsv"), command)]
    if problems:
        parts += ["<h2>Each problem</h2>"] + [problem_section(problem, command) for problem in problems]
    with open(inside("report.html"), "w") as page:
        page.write("\n".join(parts))


if __name__ == "__main__":
    main()
