"""Judged rows to curves: for each problem and program, time against relative suboptimality, and the time to given accuracies."""
import collections
import math
import os
import statistics

TARGETS = (1e-3, 1e-6, 1e-9)
FLOOR = 1e-16  # below it, rounding

Point = collections.namedtuple("Point", "setting seconds low high passes error memory")  # seconds: median; low, high: fastest and slowest
# optimum, bound: of each lambda, one but for a path. gap: the largest relative one between them.
Problem = collections.namedtuple("Problem", "name optimum bound gap curves")  # curves: (program, threads) -> points, loosest first


def read_rows(lines):
    names = ("problem", "program", "threads", "setting", "repeat", "seconds", "passes", "memory", "answer", "primal", "dual", "kind")
    for line in lines:
        row = dict(zip(names, line.rstrip("\n").split("\t")))
        for key in ("seconds", "passes", "memory"):
            row[key] = float(row[key])
        for key in ("primal", "dual"):
            row[key] = [float(number) for number in row[key].split(",")]
        yield row


def read_files(paths):
    rows = []
    for path in filter(os.path.exists, paths):
        with open(path) as lines:
            rows += read_rows(lines)
    return rows


def curves_of(rows):
    """Problems in the order of their first rows. F* is the least objective of all answers, ours and theirs,
    at each lambda."""
    by_problem = {}
    for row in rows:
        by_problem.setdefault(row["problem"], []).append(row)
    return [problem_of(name, group) for name, group in by_problem.items()]


def problem_of(name, rows):
    optimum = [min(values) for values in zip(*(row["primal"] for row in rows))]
    bound = [max(values) for values in zip(*(row["dual"] for row in rows))]
    gap = max(0, max(relative(best, low) for best, low in zip(optimum, bound)))
    fits = {}
    for row in rows:
        # what auto chose is part of the setting, so that its settings stay one curve
        program = "libermopt auto" if row["program"].startswith("libermopt auto") else row["program"]
        fits.setdefault((program, int(row["threads"])), {}).setdefault(row["setting"], []).append(row)
    curves = {key: [point_of(setting, group, optimum) for setting, group in settings.items()] for key, settings in fits.items()}
    return Problem(name, optimum, bound, gap, curves)


def relative(value, optimum):
    return (value - optimum) / max(abs(optimum), 1e-300)


def point_of(setting, group, optimum):
    seconds = [row["seconds"] for row in group]
    error = max(FLOOR, max(map(relative, group[0]["primal"], optimum)))  # the worst of the path
    return Point(setting, statistics.median(seconds), min(seconds), max(seconds), group[0]["passes"], error, max(row["memory"] for row in group))


def time_to(points, target):
    """The fastest setting that reaches it; None if none does."""
    reached = [point.seconds for point in points if point.error <= target]
    return min(reached) if reached else None


def chosen(rows):
    """problem -> the solver that auto took at its tightest setting."""
    found = {}
    for row in rows:
        if row["program"].startswith("libermopt auto: "):
            found[row["problem"]] = row["program"].split(": ", 1)[1]
    return found


def optimum_text(p):
    what = f"F* = {p.optimum[0]:.12g}" if len(p.optimum) == 1 else f"{len(p.optimum)} lambdas, all of them to the accuracy; F* of the last = {p.optimum[-1]:.12g}"
    if p.gap > 1e-6:
        return f"{what}, the least of all answers; the certificates, which are made from the weights alone, leave {p.gap:.0e}"
    return f"{what}, certified to {max(FLOOR, p.gap):.0e}"


def as_time(seconds):
    if seconds is None:
        return "–"
    if seconds < 1e-3:
        return f"{seconds * 1e6:.0f} µs"
    if seconds < 1:
        return f"{seconds * 1e3:.3g} ms"
    return f"{seconds:.3g} s"


def ranking(problem, target):
    """(seconds or None, program, threads), the fastest first."""
    times = [(time_to(points, target), program, threads) for (program, threads), points in problem.curves.items()]
    return sorted(times, key=lambda t: (t[0] is None, t[0] or 0, t[1]))


def best_peer(problem, target, threads=1):
    """The fastest program that is not ours, at so many threads: (seconds, name); (None, what to say) where none is."""
    for seconds, program, used in ranking(problem, target):
        if not program.startswith("libermopt") and used == threads:
            return (seconds, program) if seconds else (None, "none gets there")
    return None, "none"


def ratio(ours, theirs):
    return "–" if not ours or not theirs else f"{theirs / ours:.2g}x" if theirs / ours < 100 else f"{theirs / ours:.0f}x"


def spread(points):
    """The largest relative spread of repeats, for a word about noise."""
    return max((p.high / p.low - 1 for p in points if p.low > 0), default=math.nan)
