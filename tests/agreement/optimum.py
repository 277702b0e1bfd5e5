"""Do other programs find the same optimum? python3 optimum.py ERM_TRAIN SHIPPED_DATA

Each case is a problem that libermopt shares with scikit-learn, liblinear or glmnet. The peer's coefficients and ours are put into the same objective, written
once more in numpy. Ours must not be worse, and where the peer can be run to its last digits both must be equal; both to 1e-6 of the objective. Every
peer is a point of the same problem, so that its objective must also lie above our lower bound. Exit status: 0, 1 (some case failed), 77 (no peer is installed).
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

SAME = 1e-6


@dataclass
class Case:
    name: str
    data: str
    loss: str
    peers: tuple
    l1: float = 0.0
    l2: float = 0.0
    param: float = 0.0
    intercept: bool = True
    standardise: bool = False
    balanced: bool = False
    alpha: float = 0.0  # HuberRegressor's
    exact: bool = True  # the peer reaches 1e-6 too; HuberRegressor's L-BFGS may not


def table():
    logistic, svc, ridge, net = peers.sklearn_logistic, peers.sklearn_linear_svc, peers.sklearn_ridge, peers.sklearn_elastic_net
    glm, quantile, huber, lib = peers.sklearn_glm, peers.sklearn_quantile, peers.sklearn_huber, peers.liblinear
    return [
        Case("logistic-l2", "wdbc", "logistic", (logistic, "glmnet"), l2=1e-3),
        Case("logistic-l2-weak", "wdbc", "logistic", (logistic,), l2=1e-5),
        Case("logistic-l2-raw", "wdbc-raw-scale", "logistic", (logistic, "glmnet"), l2=1e-2),
        Case("logistic-l2-no-intercept", "wdbc", "logistic", (logistic, lib, "glmnet"), l2=1e-2, intercept=False),
        Case("logistic-l1", "wdbc", "logistic", (logistic, "glmnet"), l1=1e-2),
        Case("logistic-l1-no-intercept", "wdbc", "logistic", (lib, "glmnet"), l1=1e-2, intercept=False),
        Case("logistic-elastic-net", "wdbc", "logistic", (logistic, "glmnet"), l1=1e-2, l2=3e-2),
        Case("logistic-l1-text", "text", "logistic", (lib,), l1=3e-3, intercept=False),
        Case("logistic-l2-text", "text", "logistic", (lib, logistic), l2=1e-3, intercept=False),
        Case("logistic-standardised", "wdbc-raw-scale", "logistic", ("glmnet",), l2=1e-2, standardise=True),
        Case("logistic-l1-standardised", "wdbc-raw-scale", "logistic", ("glmnet",), l1=1e-2, standardise=True),
        Case("logistic-standardised-no-b", "wdbc-raw-scale", "logistic", ("glmnet",), l1=1e-2, l2=1e-2, standardise=True, intercept=False),
        Case("logistic-balanced", "wdbc", "logistic", (logistic,), l2=1e-3, balanced=True),
        Case("logistic-l1-balanced", "wdbc", "logistic", (logistic,), l1=1e-2, balanced=True),
        Case("squared-hinge-balanced", "wdbc", "squared-hinge", (svc,), l2=1e-3, intercept=False, balanced=True),
        Case("squared-hinge-l2", "wdbc", "squared-hinge", (svc, lib), l2=1e-3, intercept=False),
        Case("squared-hinge-l1", "wdbc", "squared-hinge", (lib,), l1=1e-2, intercept=False),
        Case("squared-hinge-l2-text", "text", "squared-hinge", (svc, lib), l2=1e-3, intercept=False),
        Case("hinge-l2", "wdbc", "hinge", (svc, lib), l2=1e-2, intercept=False),
        Case("ridge", "wdbc-area", "squared", (ridge, "glmnet"), l2=1e-2),
        Case("ridge-weak", "wdbc-area", "squared", (ridge,), l2=1e-5),
        Case("lasso", "wdbc-area", "squared", (net, "glmnet"), l1=1e-2),
        Case("lasso-no-intercept", "wdbc-outliers", "squared", (net,), l1=1e-1, intercept=False),
        Case("elastic-net", "wdbc-area", "squared", (net, "glmnet"), l1=2e-2, l2=1e-2),
        Case("lasso-wide", "text", "squared", (net,), l1=1e-2),
        Case("ridge-standardised", "wdbc-raw-area", "squared", ("glmnet",), l2=1e-2, standardise=True),
        Case("lasso-standardised", "wdbc-raw-area", "squared", ("glmnet",), l1=1e-2, standardise=True),
        Case("lasso-standardised-no-b", "wdbc-raw-area", "squared", ("glmnet",), l1=1e-2, standardise=True, intercept=False),
        Case("huber", "wdbc-outliers", "huber", (huber,), alpha=1.0, exact=False),
        Case("quantile-l1", "wdbc-outliers", "quantile", (quantile,), l1=1e-2, param=0.8),
        Case("hinge-l1", "wdbc", "hinge", (peers.linear_program,), l1=1e-2),
        Case("hinge-l1-raw", "wdbc-raw-scale", "hinge", (peers.linear_program,), l1=1e-3),
        Case("hinge-l1-text", "text", "hinge", (peers.linear_program,), l1=3e-3, intercept=False),
        Case("absolute-l1", "wdbc-outliers", "absolute", (peers.linear_program,), l1=2e-2),
        Case("quantile-l1-raw", "wdbc-raw-area", "quantile", (peers.linear_program, quantile), l1=1e-3, param=0.3),
        Case("epsilon-insensitive-l1", "wdbc-outliers", "epsilon-insensitive", (peers.linear_program,), l1=2e-2, param=0.5),
        Case("crammer-singer-l1", "four-classes", "multiclass-hinge", (peers.linear_program,), l1=1e-2),
        Case("svr-squared", "wdbc-outliers", "squared-epsilon-insensitive", (lib,), l2=1e-2, param=0.5, intercept=False),
        Case("multinomial-l2", "four-classes", "cross-entropy", (logistic, "glmnet"), l2=1e-2),
        Case("multinomial-l1", "four-classes", "cross-entropy", (logistic, "glmnet"), l1=1e-2),
        Case("multinomial-balanced", "four-classes", "cross-entropy", (logistic,), l2=1e-2, balanced=True),
        Case("multinomial-standardised", "four-classes", "cross-entropy", ("glmnet",), l1=1e-2, standardise=True),
        Case("crammer-singer", "four-classes", "multiclass-hinge", (lib,), l2=1e-2, intercept=False),
        Case("poisson-l2", "counts", "poisson", (glm, "glmnet"), l2=1e-2),
        Case("poisson-l1", "counts", "poisson", ("glmnet",), l1=1e-2),
        Case("poisson-standardised", "counts", "poisson", ("glmnet",), l1=1e-2, standardise=True),
        Case("gamma-l2", "sizes", "gamma", (glm,), l2=1e-2),
        Case("tweedie-l2", "sizes", "tweedie", (glm,), l2=1e-2, param=1.5),
    ]


def our_answer(case, data, program, folder):
    """(F in numpy, lower bound, has it converged, what is wrong or None)"""
    status, report, W, b = train(program, folder, case, data.path, 1e-9, ("--max-seconds", "60"))
    if W is None or status:
        return None, None, False, f"erm_train: exit {status}, {report['detail']}"
    F = objective(case, data, W, b)
    if abs(F - report["primal"]) > 1e-11 * abs(F):
        return F, None, False, f"the report says {report['primal']!r} and numpy says {F!r}"
    return F, report["dual"] if report["dual"] is not None else -np.inf, status == 0, None


def compare(case, F, lower, converged, theirs):
    """What is wrong, or None."""
    if lower > theirs + 1e-12 * abs(theirs):
        return f"false bound: {lower!r} > {theirs!r}"
    if converged and F > theirs + SAME * abs(theirs):
        return f"ours is worse: {F!r} > {theirs!r}"
    if converged and case.exact and abs(F - theirs) > SAME * abs(theirs):
        return f"theirs is worse: {F!r} and {theirs!r}"
    return None


def run_case(case, sets, glmnet, program, folder):
    """Prints a line for each peer; returns how many failed."""
    data, failed = sets[case.data], 0
    if case.alpha:
        _, case.param, case.l2 = peers.huber_of_sklearn(data, case.alpha)
    F, lower, converged, wrong = our_answer(case, data, program, folder)
    if wrong:
        print(f"FAILED {case.name}: {wrong}")
        return 1
    for peer in case.peers:
        if peer == "glmnet" and case.name not in glmnet or peer is peers.liblinear and not peers.have_liblinear():
            continue
        began = time.monotonic()
        W, b = glmnet[case.name] if peer == "glmnet" else peer(case, data, folder)
        theirs = objective(case, data, W, b)
        wrong = compare(case, F, lower, converged, theirs)
        failed += wrong is not None
        name = peer if peer == "glmnet" else peer.__name__
        print(f"{'FAILED' if wrong else 'ok    '} {case.name:26s} {name:20s} F = {F:.12f}  theirs - ours = {(theirs - F) / abs(F):9.1e}  "
              f"{time.monotonic() - began:5.1f} s  {wrong or ''}", flush=True)
    return failed


def main(program, shipped):
    here = os.path.dirname(os.path.abspath(__file__))
    cases = table()
    with tempfile.TemporaryDirectory() as folder:
        sets = data_sets.all_sets(folder, shipped)
        glmnet = {}
        if peers.have_glmnet():
            glmnet = peers.glmnet_all([case for case in cases if "glmnet" in case.peers], sets, folder, os.path.join(here, "glmnet.R"))
        else:
            print("glmnet (Rscript and its package glmnet) is not installed: left out")
        if not peers.have_liblinear():
            print("liblinear-train is not installed: left out")
        failed = sum(run_case(case, sets, glmnet, program, folder) for case in cases)
    print(f"{len(cases)} problems, {failed} failures")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
