"""Is approximate leave-one-out within 2 % of exact leave-one-out on real data? python3 alo.py ERM_PATH SHIPPED_DATA

The shipped data always, and what is in the folder $ERMOPT_DATA. Both are computed along a path of lambdas by erm_path; exact leave-one-out fits every lambda once
without each row. Columns are standardised once, before: both are then about the same fits. Exit status: 0, 1, or 77 (no numpy).
"""
import os
import subprocess
import sys
import tempfile

try:
    import numpy as np
except ImportError as missing:
    print(f"SKIPPED: {missing}; python3-numpy is needed")
    sys.exit(77)
import data as data_sets

WITHIN, COUNT, MOST_ROWS = 0.02, 8, 800
HARD = {("", "squared", "elastic net"): 0.05, ("", "squared", "lasso"): 0.05}
PENALTIES = {"ridge": 0.0, "elastic net": 0.5, "lasso": 1.0}
CASES = [  # file, loss, smallest lambda / largest, penalties
    ("", "logistic", 3e-2, PENALTIES),  # below, L1 all but separates these classes, and single rows decide which features are used: up to 10 % apart
    ("", "squared", 1e-3, PENALTIES),  # one tumour moves the lasso more than a linear step can tell
    ("small/heart_scale", "logistic", 1e-2, PENALTIES),
    ("small/german.numer_scale", "logistic", 1e-2, PENALTIES),
    ("small/vowel", "cross-entropy", 1e-1, ["ridge"]),
    ("small/cpusmall", "squared", 1e-3, PENALTIES),
]


def load(path, folder):
    X, y = data_sets.read_libsvm(path)
    some = slice(None, None, max(1, -(-len(y) // MOST_ROWS)))  # as many fits as rows
    X, y = X[some], y[some]
    return data_sets.write_libsvm(folder, data_sets.Data("alo", data_sets.standardised(X[:, X.std(axis=0) > 0]), y))


def table_of(path):
    with open(path) as file:
        names = file.readline().strip().split(",")
        return [dict(zip(names, map(float, line.split(",")))) for line in file]


def worst_of(program, folder, data, loss, share, ratio):
    """The largest relative difference, and its lambda's row"""
    ratio = ratio if share > 0 else ratio / 100  # ridge starts at a larger lambda
    command = [program, "--quiet", "--loss", loss, "--l1-ratio", repr(share), "--count", str(COUNT), "--ratio", repr(ratio),
               "--leave-one-out", "--alo", "--tol", "1e-9", "--csv", f"{folder}/alo.csv", data.path]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode not in (0, 4):
        raise RuntimeError(run.stderr)
    return max(((abs(row["alo"] / row["held_out"] - 1), row) for row in table_of(f"{folder}/alo.csv")), key=lambda pair: pair[0])


def main(program, shipped):
    failed, root = 0, os.environ.get("ERMOPT_DATA", "")
    with tempfile.TemporaryDirectory() as folder:
        for file, loss, ratio, penalties in CASES:
            path = os.path.join(root, file) if file else shipped
            if not os.path.isfile(path):
                print(f"       {file} is not there: set ERMOPT_DATA")
                continue
            data = load(path, folder)
            for name in penalties:
                apart, row = worst_of(program, folder, data, loss, PENALTIES[name], ratio)
                wrong = not apart <= HARD.get((file, loss, name), WITHIN)
                failed += wrong
                print(f"{'FAILED' if wrong else 'ok    '} {os.path.basename(path):20s} {loss:14s} {name:12s} at most {apart:.2%} apart, "
                      f"at lambda {row['lambda']:.3g}: {row['alo']:.6g}, exact {row['held_out']:.6g}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
