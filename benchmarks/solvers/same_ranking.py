"""Do two runs rank the programs alike? python3 same_ranking.py ONE.tsv OTHER.tsv (rows of bench_judge)

For each problem and accuracy of the tables, every two programs that reached it on one thread in both runs: a pair counts as turned when the one that was
faster is the slower one now. Pairs whose times differ by less than FACTOR in one of the runs are ties. Ends with 1 if a pair was turned."""
import itertools
import sys

import curves

FACTOR = 1.25


def times(path):
    """(problem, accuracy) -> program -> seconds"""
    return {(problem.name, f"{target:.0e}"): {program: seconds for seconds, program, threads in curves.ranking(problem, target) if seconds and threads == 1}
            for problem in curves.curves_of(curves.read_files([path])) for target in curves.TARGETS}


def main():
    one, other = times(sys.argv[1]), times(sys.argv[2])
    pairs = ties = 0
    turned = []
    for name in sorted(set(one) & set(other)):
        for a, b in itertools.combinations(sorted(set(one[name]) & set(other[name])), 2):
            ratios = one[name][a] / one[name][b], other[name][a] / other[name][b]
            pairs += 1
            if any(1 / FACTOR < ratio < FACTOR for ratio in ratios):
                ties += 1
            elif (ratios[0] < 1) != (ratios[1] < 1):
                turned.append(f"{' to '.join(name)}: {a} against {b} took {ratios[0]:.2f} and then {ratios[1]:.2f} of its time")
    print("\n".join(turned + [f"{pairs} pairs, {ties} ties within {FACTOR}, {len(turned)} turned"]))
    sys.exit(bool(turned))


if __name__ == "__main__":
    main()
