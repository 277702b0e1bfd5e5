"""The report's sections on kernels, threads and growth of cost."""
import collections
import csv
import html
import math
import os
import statistics

import curves
import plots
from page import table


def number(text):
    return float(text) if text else None


def read_kernels(path):
    if not os.path.exists(path):
        return []
    with open(path) as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def again(command, part):
    return f"<p>Again: <code>{html.escape(command)} --part {part}</code></p>"


def share_of_wanted(row):
    """1 and more: reached. A ratio that is to be small is turned over; the verdict tells which those are."""
    value, bar = number(row["value"]), number(row["bar"])
    wants_more = (value >= bar) == (row["verdict"] == "ok")
    return value / bar if wants_more else bar / value


def kernels_section(path, command):
    rows = read_kernels(path)
    if not rows:
        return ""
    label = lambda row: f"{row['what']}: {row['kernel']}, {row['threads']} thr"
    shares = [(label(row), number(row["value_by_processor"]), number(row["bar"])) for row in rows if row["value_by_processor"]]
    memory = [row for row in shares if not row[0].startswith(("gram", "softmax"))]
    arithmetic = [row for row in shares if row[0].startswith(("gram", "softmax"))]
    ratios = [(f"{label(row)} = {number(row['value']):.3g}, wanted {number(row['bar']):.3g}", share_of_wanted(row), 1)
              for row in rows if not row["least_seconds"] and row["bar"]]
    cells = [[row["what"], row["kernel"], (row["threads"], "n"), (curves.as_time(number(row["least_seconds"])), "n"), (curves.as_time(number(row["median_seconds"])), "n"),
              (f"{number(row['rate_per_second']) / 1e9:.3g}", "n"), (row["value"], "n"), (row["value_by_processor"], "n"), (row["bar"], "n"),
              (row["verdict"], "win" if row["verdict"] == "ok" else "loss")] for row in rows if row["least_seconds"]]
    head = ["what", "kernel", "threads", "least", "median", "10^9 a second", "share", "by processor time", "wanted", ""]
    return ("<h2 id='kernels'>Kernels</h2><p>A bar ends at the share of the bound that the kernel reaches, by processor time; the red mark is what is wanted. The bound is what the "
            "machine did in the same run: reading the same bytes once, or dgemm of 1000 x 1000.</p>" + again(command, "kernels") +
            "<h3>Against reading memory</h3>" + plots.bars(memory, "share of the rate of reading") +
            "<h3>Against dgemm</h3>" + plots.bars(arithmetic, "share of the rate of dgemm") +
            "<h3>Against one another and against other libraries</h3>" + plots.bars(ratios, "share of what is wanted (1: reached; cut at 2)", most=2) +
            "<details><summary>All figures</summary>" + table(head, cells) + "</details>")


def size_of(family, name):
    """The number that the family varies; for the condition number of an AR(rho) design, its limit ((1 + rho) / (1 - rho))^2."""
    kind, n, d, parameter = name.split(":")[1].split("-")
    if family == "condition":
        return ((1 + float(parameter)) / (1 - float(parameter))) ** 2
    if family == "nnz":  # columns that are drawn twice are stored once; P(column j) = log((j + 2) / (j + 1)) / log(d)
        return float(n) * sum(1 - (1 - math.log((j + 2) / (j + 1)) / math.log(float(d))) ** float(parameter) for j in range(int(d)))
    return {"n": float(n), "d": float(d)}[family]


def read_growth(path):
    """(family, threads) -> size -> [(seconds, passes)]"""
    seen = collections.defaultdict(lambda: collections.defaultdict(list))
    if os.path.exists(path):
        with open(path) as lines:
            for line in lines:
                family, name, _, threads, _, _, seconds, passes = line.split("\t")[:8]
                seen[family, int(threads)][size_of(family, name)].append((float(seconds), float(passes)))
    return seen


def pass_time(runs):
    return statistics.median(seconds / passes for seconds, passes in runs)


def growth_section(path, command):
    seen = read_growth(path)
    if not seen:
        return ""
    text, fits = [], []
    names = {"n": "rows", "d": "columns", "nnz": "stored values"}
    for what, name in names.items():
        drawn = []
        for threads in (1, 2):
            points = [(size, pass_time(runs)) for size, runs in sorted(seen[what, threads].items())]
            drawn.append((f"{threads} thread{'s' * (threads > 1)}", points))
            fits.append([f"time of a pass against {name}", threads, (f"{plots.exponent(points):.2f}", "n"), "1"])
        text.append(plots.lines(drawn, name, "seconds a pass"))
    points = [(size, statistics.median(p for _, p in runs)) for size, runs in sorted(seen["condition", 1].items())]
    fits.append(["passes to a gap of 1e-6 against the condition number", 1, (f"{plots.exponent(points):.2f}", "n"), "at most 0.5"])
    text.append(plots.lines([("prox", points)], "condition number of X'X / n", "passes to a gap of 1e-6"))
    note = ("<p>Cost = size^exponent, fitted by least squares to the logarithms; solver prox, logistic loss. Linear is 1; an accelerated method needs passes in proportion "
            "to the root of the condition number at most.</p>")
    return "<h2 id='growth'>Growth of cost</h2>" + note + again(command, "growth") + table(["quantity", "threads", "exponent", "theory"], fits) + "".join(text)


def threads_section(kernels, growth, problems):
    """The same work with one thread and with two."""
    work = []
    times = {}
    for row in read_kernels(kernels):
        if row["least_seconds"] and not row["kernel"].startswith(("read", "dgemm", "gemv")):
            times.setdefault((row["what"], row["kernel"]), {})[row["threads"]] = number(row["least_seconds"]), number(row["processor_seconds"])
    for (what, kernel), found in times.items():
        if {"1", "2"} <= found.keys():
            (one, one_used), (two, two_used) = found["1"], found["2"]
            work.append((f"kernel {what}: {kernel}", one, two, one_used / two_used))
    seen = read_growth(growth)
    for family in ("n", "d", "nnz"):
        if seen[family, 1] and seen[family, 2]:
            size = max(seen[family, 1])
            work.append((f"a pass of prox, {family} = {size:.0f}", pass_time(seen[family, 1][size]), pass_time(seen[family, 2][size]), None))
    for p in problems:
        one, two = (curves.time_to(p.curves.get(("libermopt auto", threads), []), 1e-6) for threads in (1, 2))
        if one and two:
            work.append((f"{p.name} by auto, to 1e-6", one, two, None))
    if not work:
        return ""
    rows = [[name, (curves.as_time(one), "n"), (curves.as_time(two), "n"), (f"{one / two:.2f}", "n"), (f"{used:.2f}" if used else "", "n")]
            for name, one, two, used in work]
    return ("<h2 id='threads'>Two threads</h2><p>The same work: P threads are to take T/P. By the clock, and, of kernels, by processor time over threads, which "
            "leaves out what other programs took.</p>" +
            table(["work", "one thread", "two", "times as fast", "by processor time"], rows))
