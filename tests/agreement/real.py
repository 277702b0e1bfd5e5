"""Real data sets, each fitted with its own loss: certified, the same optimum as scikit-learn's, and of known use on a test part.

python3 real.py ERM_TRAIN; the folder $ERMOPT_DATA holds the files named below. Exit status: 0, 1 (something failed), 77 (no such folder, or no peer).
"""
import os
import sys
import tempfile
import time
from dataclasses import dataclass

try:
    import numpy as np
    import peers
except ImportError as missing:
    print(f"SKIPPED: {missing}; python3-sklearn is needed")
    sys.exit(77)
import data as data_sets
from objective import objective
from trainer import train

TOL = 1e-6


@dataclass
class Case:
    file: str
    loss: str
    l2: float
    test: str = ""
    accuracy: float = 0.0  # on the test part, at least
    l1: float = 0.0
    param: float = 0.0
    intercept: bool = True
    name: str = ""


CASES = [
    Case("a9a.xz", "logistic", 3.07e-5, test="a9a.t.xz", accuracy=0.849),
    Case("small/heart_scale", "logistic", 1e-3),
    Case("small/german.numer_scale", "logistic", 1e-3),
    Case("small/breast_cancer_wdbc", "logistic", 1e-3),
    Case("small/agaricus.txt.train", "logistic", 1e-4, test="small/agaricus.txt.test", accuracy=0.999),
    Case("small/dna", "cross-entropy", 5e-3, test="small/dna.t", accuracy=0.94),
    Case("small/vowel", "cross-entropy", 2e-3, test="small/vowel.t", accuracy=0.45),
    Case("small/iris.csv", "cross-entropy", 1e-3),
    Case("small/abalone", "squared", 1e-3),
    Case("small/diabetes.csv", "squared", 1e-3),
    Case("small/cpusmall", "squared", 1e-3),
]


def read_csv(path, label_last):
    table = np.genfromtxt(path, delimiter=",", skip_header=1)
    return (table[:, :-1], table[:, -1]) if label_last else (table[:, 1:], table[:, 0])


def load(case, root, folder):
    """The data for numpy and scikit-learn, and the file that erm_train reads."""
    path = os.path.join(root, case.file)
    if path.endswith(".csv"):
        X, y = read_csv(path, label_last="iris" in path)
        path = data_sets.write_libsvm(folder, data_sets.Data(os.path.basename(path), X, y)).path
    else:
        X, y = data_sets.read_libsvm(path)
    classes = 0
    if case.loss != "squared":
        names, y = np.unique(y, return_inverse=True)
        classes = len(names) if case.loss == "cross-entropy" else 0
        y = y.astype(float) if classes else 2.0 * y - 1
    return data_sets.Data(case.file, X, y, classes, path)


def failures(case, data, root, program, folder):
    """The sentences that say what is wrong, and a summary."""
    extra = ("--max-seconds", "300") + (("--test", os.path.join(root, case.test)) if case.test else ())
    status, report, W, b = train(program, folder, case, data.path, TOL, extra)
    if status:
        return [f"exit status {status}: {report['detail']}"], ""
    wrong = []
    F = objective(case, data, W, b)
    if abs(F - report["primal"]) > 1e-11 * abs(F):
        wrong.append(f"the report says {report['primal']!r} and numpy says {F!r}")
    if not report["gap"] <= TOL * report["primal"]:
        wrong.append(f"gap {report['gap']!r}")
    peer = peers.sklearn_ridge if case.loss == "squared" else peers.sklearn_logistic
    theirs = objective(case, data, *peer(case, data, folder))
    if report["dual"] > theirs + 1e-12 * abs(theirs):
        wrong.append(f"false bound: {report['dual']!r} > {theirs!r}")
    if abs(F - theirs) > TOL * abs(theirs):
        wrong.append(f"F = {F!r}, theirs {theirs!r}")
    if case.test and report["test"]["accuracy"] < case.accuracy:
        wrong.append(f"test accuracy {report['test']['accuracy']}")
    known = f"test accuracy {report['test']['accuracy']:.4f}" if case.test else ""
    return wrong, (f"{report['epochs']:6d} epochs {report['seconds']:7.2f} s  gap {report['gap'] / report['primal']:.1e}  "
                   f"theirs - ours = {(theirs - F) / F:9.1e}  {known}")


def main(program, root):
    if not os.path.isfile(os.path.join(root, CASES[0].file)):
        print(f"SKIPPED: {root} has no {CASES[0].file}; set ERMOPT_DATA to the folder with the real data sets")
        return 77
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for case in CASES:
            began = time.monotonic()
            wrong, summary = failures(case, load(case, root, folder), root, program, folder)
            failed += bool(wrong)
            print(f"{'FAILED' if wrong else 'ok    '} {case.file:26s} {summary} {'; '.join(wrong)} ({time.monotonic() - began:.1f} s)", flush=True)
    print(f"{len(CASES)} data sets, {failed} failures")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], os.environ.get("ERMOPT_DATA", "")))
