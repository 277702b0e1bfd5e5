"""Judged rows to Markdown: python3 summary.py JUDGED.tsv... > summary.md; files that are not there are left out"""
import sys

import curves


def headline(problems, solver):
    """One line a problem: ours (auto) against the fastest peer of the run."""
    yield "| problem | auto took | ours to 1e-3 | 1e-6 | 1e-9 | two threads, 1e-6 | fastest peer to 1e-6 | its time | ours is faster by |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for p in problems:
        ours = p.curves.get(("libermopt auto", 1), [])
        times = [curves.time_to(ours, target) for target in curves.TARGETS]
        two = curves.time_to(p.curves.get(("libermopt auto", 2), []), 1e-6)
        theirs, who = curves.best_peer(p, 1e-6)
        cells = [f"`{p.name}`", solver.get(p.name, "–"), *map(curves.as_time, times), curves.as_time(two), who, curves.as_time(theirs),
                 curves.ratio(times[1], theirs)]
        yield "| " + " | ".join(cells) + " |"


def details(p):
    yield f"\n#### `{p.name}`\n\n{curves.optimum_text(p)}\n"
    yield "| program | threads | 1e-3 | 1e-6 | 1e-9 | best reached |"
    yield "|---|---|---|---|---|---|"
    for _, program, threads in curves.ranking(p, 1e-6):
        points = p.curves[program, threads]
        times = " | ".join(curves.as_time(curves.time_to(points, target)) for target in curves.TARGETS)
        yield f"| {program} | {threads} | {times} | {min(point.error for point in points):.0e} |"


def main():
    rows = curves.read_files(sys.argv[1:])
    problems = curves.curves_of(rows)
    print("\n".join(headline(problems, curves.chosen(rows))))
    for problem in problems:
        print("\n".join(details(problem)))


if __name__ == "__main__":
    main()
