"""Do other programs' paths agree with ours, lambda by lambda? python3 path.py PATH_TABLE SHIPPED_DATA

scikit-learn's lasso_path and enet_path, and glmnet where it is installed, are run at the lambdas that we chose. As in optimum.py all coefficients go into
one objective: ours must not be worse by more than 1e-6, theirs must lie above our lower bound, and both be equal to 1e-6. Exit status: 0, 1, or 77 (no peer).
"""
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass

try:
    import numpy as np
    import peers
    from sklearn import linear_model
except ImportError as missing:
    print(f"SKIPPED: {missing}; python3-sklearn is needed")
    sys.exit(77)
import data as data_sets
from objective import objective

SAME = 1e-6
COUNT, RATIO, TOL = 25, 0.01, 1e-9


@dataclass
class Case:
    name: str
    data: str
    loss: str
    alpha: float
    peers: tuple
    l1: float = 0.0
    l2: float = 0.0
    param: float = 0.0


CASES = [
    Case("lasso", "wdbc-area", "squared", 1.0, ("sklearn", "glmnet")),
    Case("lasso-wide", "text", "squared", 1.0, ("sklearn",)),
    Case("elastic-net", "wdbc-area", "squared", 0.5, ("sklearn", "glmnet")),
    Case("logistic", "wdbc", "logistic", 1.0, ("glmnet",)),
    Case("logistic-wide", "text", "logistic", 1.0, ("glmnet",)),
    Case("poisson", "counts", "poisson", 1.0, ("glmnet",)),
]


def sklearn_path(case, data, lambdas):
    """alpha = lambda, l1_ratio = alpha; without intercept, so on centred data, and the intercept from the means"""
    X, y = data.X - data.X.mean(axis=0), data.y - data.y.mean()
    _, W, _ = linear_model.enet_path(X, y, l1_ratio=case.alpha, alphas=lambdas, tol=1e-12, max_iter=200000)
    return data.y.mean() - data.X.mean(axis=0) @ W, W


def glmnet_path(case, data, lambdas, folder, script):
    np.savetxt(f"{folder}/path.csv", np.column_stack([data.y, data.X]), fmt="%.17g", delimiter=",")
    np.savetxt(f"{folder}/lambdas.csv", lambdas, fmt="%.17g")
    family = peers.GLMNET_FAMILY[case.loss]
    subprocess.run(["Rscript", "--vanilla", script, folder, family, repr(case.alpha)], check=True, capture_output=True, text=True)
    table = np.loadtxt(f"{folder}/path.coefficients", ndmin=2)
    return table[:, 0], table[:, 1:].T


def our_path(case, data, program):
    command = [program, data.path, case.loss, repr(case.alpha), repr(1 - case.alpha), str(COUNT), repr(RATIO), repr(TOL)]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    table = np.array([[float(word) for word in line.split()] for line in run.stdout.splitlines()])
    return table[:, 0], table[:, 1], table[:, 2], table[:, 3:].T


def compare(case, data, ours, theirs, name):
    lambdas, lower, b, W = ours
    their_b, their_W = theirs
    worst, wrong = 0.0, None
    for i in range(len(their_b)):
        case.l1, case.l2 = lambdas[i] * case.alpha, lambdas[i] * (1 - case.alpha)
        F, G = (objective(case, data, V[:, [i]], np.array([c[i]])) for V, c in ((W, b), (their_W, their_b)))
        worst = max(worst, abs(F - G) / abs(G))
        if lower[i] > G + 1e-12 * abs(G):
            wrong = f"false bound at lambda {lambdas[i]}: {lower[i]!r} > {G!r}"
        if abs(F - G) > SAME * abs(G):
            wrong = f"lambda {lambdas[i]}: ours {F!r}, theirs {G!r}"
    print(f"{'FAILED' if wrong else 'ok    '} {case.name:16s} {name:8s} {len(their_b)} lambdas, at most {worst:.1e} apart  {wrong or ''}", flush=True)
    return wrong is not None


def main(program, shipped):
    here = os.path.dirname(os.path.abspath(__file__))
    failed, glmnet = 0, peers.have_glmnet()
    with tempfile.TemporaryDirectory() as folder:
        sets = data_sets.all_sets(folder, shipped)
        for case in CASES:
            data = sets[case.data]
            ours = our_path(case, data, program)
            if "sklearn" in case.peers:
                failed += compare(case, data, ours, sklearn_path(case, data, ours[0]), "sklearn")
            if "glmnet" in case.peers and glmnet:
                failed += compare(case, data, ours, glmnet_path(case, data, ours[0], folder, os.path.join(here, "path.R")), "glmnet")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
