"""Do other programs' cross-validations agree with ours, given the same folds and lambdas? python3 cv.py ERM_PATH SHIPPED_DATA

cv.glmnet (where it is installed), and scikit-learn's LassoCV, ElasticNetCV and LogisticRegressionCV. The curves must be equal to 1e-6 of the curve, and the chosen
lambdas must be the same. Two things of glmnet's are kept out of the way: it divides the squared penalty by the standard deviation of y, which in each
fold is another one; and for the deviance it takes probabilities below 1e-5 as 1e-5, so that labels must be noisy. Exit status: 0, 1, or 77 (no peer).
"""
import json
import os
import subprocess
import sys
import tempfile
import warnings
from dataclasses import dataclass

try:
    import numpy as np
    import peers
    from sklearn import linear_model
except ImportError as missing:
    print(f"SKIPPED: {missing}; python3-sklearn is needed")
    sys.exit(77)
import data as data_sets

SAME = 1e-6
COUNT, RATIO, TOL, FOLDS = 20, 0.01, 1e-14, 5


@dataclass
class Case:
    name: str
    data: str
    loss: str
    alpha: float
    peers: tuple
    measure: str  # of glmnet
    metric: str = "loss"
    standardise: bool = False
    ratio: float = RATIO


CASES = [
    Case("lasso", "wdbc-area", "squared", 1.0, ("glmnet", "sklearn"), "mse"),
    Case("lasso-standardised", "wdbc-raw-area", "squared", 1.0, ("glmnet",), "mse", standardise=True),
    Case("lasso-wide", "text", "squared", 1.0, ("glmnet", "sklearn"), "mse", ratio=0.1),
    Case("elastic-net", "wdbc-area", "squared", 0.5, ("sklearn",), "mse", metric="mse"),
    Case("logistic", "noisy", "logistic", 1.0, ("glmnet",), "deviance"),
    Case("logistic-elastic-net", "noisy", "logistic", 0.5, ("glmnet",), "deviance"),
    Case("logistic-standardised", "noisy-raw", "logistic", 1.0, ("glmnet",), "deviance", standardise=True),
    Case("logistic-error", "wdbc", "logistic", 0.7, ("glmnet",), "class", metric="error"),
    Case("logistic-ridge", "wdbc", "logistic", 0.0, ("sklearn",), "deviance"),
    Case("poisson-mse", "counts", "poisson", 1.0, ("glmnet",), "mse", metric="mse"),
]


def table_of(path):
    """{column: values} of a CSV file of numbers"""
    with open(path) as file:
        names = file.readline().strip().split(",")
        rows = np.array([[float(word) for word in line.split(",")] for line in file])
    return dict(zip(names, rows.T))


def ours_of(case, data, program, folder):
    command = [program, "--json", "--loss", case.loss, "--l1-ratio", repr(case.alpha), "--count", str(COUNT), "--ratio", repr(case.ratio),
               "--tol", repr(TOL), "--metric", case.metric, "--fold-file", f"{folder}/folds", "--csv", f"{folder}/cv.csv", data.path]
    run = subprocess.run(command + (["--standardise"] if case.standardise else []), capture_output=True, text=True)
    if run.returncode not in (0, 4):  # 4: a fit stalled at rounding level, short of a tolerance that asks for the last digit
        raise RuntimeError(run.stderr)
    return json.loads(run.stdout), table_of(f"{folder}/cv.csv")


def glmnet_cv(case, data, lambdas, folder, script):
    """cvm and cvsd; glmnet's deviance and mse are twice our loss"""
    np.savetxt(f"{folder}/path.csv", np.column_stack([data.y, data.X]), fmt="%.17g", delimiter=",")
    np.savetxt(f"{folder}/lambdas.csv", lambdas, fmt="%.17g")
    words = [folder, peers.GLMNET_FAMILY[case.loss], repr(case.alpha), "TRUE" if case.standardise else "FALSE", case.measure]
    subprocess.run(["Rscript", "--vanilla", script] + words, check=True, capture_output=True, text=True)
    table = np.loadtxt(f"{folder}/cv.table")
    scale = 0.5 if case.metric == "loss" else 1.0
    return scale * table[:-1, 0], scale * table[:-1, 1], table[-1, 0], table[-1, 1]


def sklearn_cv(case, data, lambdas, fold):
    """The metric of each fold (folds x lambdas), and the lambda chosen by the plain mean over the folds"""
    splits = [(np.flatnonzero(fold != f), np.flatnonzero(fold == f)) for f in range(FOLDS)]
    scale = 0.5 if case.metric == "loss" else 1.0
    if case.loss == "squared":
        model = linear_model.ElasticNetCV(l1_ratio=case.alpha, alphas=lambdas, cv=splits, tol=1e-14, max_iter=1000000)
        model = linear_model.LassoCV(alphas=lambdas, cv=splits, tol=1e-14, max_iter=1000000) if case.alpha == 1 else model
        model.fit(data.X, data.y)
        return scale * model.mse_path_.reshape(len(lambdas), FOLDS).T, model.alpha_
    train = len(splits[0][0])  # C goes with the sum of losses; the folds are of equal size
    model = linear_model.LogisticRegressionCV(Cs=1 / (lambdas * train), cv=splits, solver="newton-cholesky", scoring="neg_log_loss", tol=1e-14, max_iter=1000, refit=True)
    model.fit(data.X, data.y)
    return -model.scores_[1], 1 / (model.C_[0] * train)


def say(case, name, apart, wrong):
    print(f"{'FAILED' if wrong else 'ok    '} {case.name:22s} {name:8s} at most {apart:.1e} apart  {wrong or ''}", flush=True)
    return wrong is not None


def compare(case, name, ours, theirs, chosen):
    """ours, theirs: (what, array) to be equal to SAME of the largest; chosen: (what, our lambda, theirs)"""
    wrong, worst = None, 0.0
    for (what, mine), (_, other) in zip(ours, theirs):
        apart = np.max(np.abs(mine - other)) / np.max(np.abs(other))
        worst = max(worst, apart)
        if not apart <= SAME:
            wrong = f"{what}: {apart:.2e} apart"
    for what, mine, other in chosen:
        if not abs(mine - other) <= 1e-12 * other:
            wrong = f"{what}: ours {mine!r}, theirs {other!r}"
    return say(case, name, worst, wrong)


def run_case(case, data, program, folder, script, glmnet):
    n = len(data.y)
    fold = np.random.default_rng(3).permutation(n) % FOLDS
    np.savetxt(f"{folder}/folds", fold, fmt="%d")
    report, table = ours_of(case, data, program, folder)
    lambdas, failed = table["lambda"], 0
    if "glmnet" in case.peers and glmnet:
        mean, error, best, one_se = glmnet_cv(case, data, lambdas, folder, script)
        failed += compare(case, "glmnet", [("mean", table["held_out"]), ("error", table["held_out_error"])], [("mean", mean), ("error", error)],
                          [("lambda.min", report["lambda_min"], best), ("lambda.1se", report["lambda_1se"], one_se)])
    if "sklearn" in case.peers:
        folds = np.array([table[f"fold_{f}"] for f in range(FOLDS)])
        theirs, alpha = sklearn_cv(case, data, lambdas, fold)
        failed += compare(case, "sklearn", [("folds", folds)], [("folds", theirs)], [("alpha_", lambdas[np.argmin(folds.mean(axis=0))], alpha)])
    return failed


def main(program, shipped):
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cv.R")
    warnings.simplefilter("ignore")
    failed, glmnet = 0, peers.have_glmnet()
    with tempfile.TemporaryDirectory() as folder:
        sets = data_sets.all_sets(folder, shipped)
        flipped = np.where(np.random.default_rng(5).random(len(sets["wdbc"].y)) < 0.15, -1, 1)
        for noisy, clean in (("noisy", "wdbc"), ("noisy-raw", "wdbc-raw-scale")):
            sets[noisy] = data_sets.Data(noisy, sets[clean].X, sets[clean].y * flipped)
        for data in sets.values():  # folds of equal size
            rows = len(data.y) // FOLDS * FOLDS
            data.X, data.y = data.X[:rows], data.y[:rows]
            data_sets.write_libsvm(folder, data)
        for case in CASES:
            failed += run_case(case, sets[case.data], program, folder, script, glmnet)
    print(f"{len(CASES)} cross-validations, {failed} failures")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
