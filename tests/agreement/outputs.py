"""Do other programs find the same for several outputs? python3 outputs.py OUTPUTS_TABLE SHIPPED_DATA

Multinomial lasso and elastic net and the multi-task lasso by scikit-learn; these and glmnet's grouped multinomial where glmnet is installed. As in optimum.py all coefficients
go into one objective, written once more in numpy: ours must not be worse than a peer's by more than 1e-6, a peer's must lie above our lower bound, and
where the peer can be run to its last digits both must be equal to 1e-6. Exit status: 0, 1, or 77 (no peer).
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

SAME = 1e-6


@dataclass
class Case:
    name: str
    loss: str
    penalty: str
    size: tuple  # rows, columns, outputs
    part: float  # lambda, as a part of the largest gradient at 0
    peers: tuple


CASES = [
    Case("multinomial-lasso", "cross-entropy", "l1", (400, 20, 4), 0.05, ("sklearn", "glmnet")),
    Case("multinomial-lasso-wide", "cross-entropy", "l1", (100, 300, 3), 0.2, ("sklearn", "glmnet")),
    Case("multinomial-net", "cross-entropy", "net", (400, 20, 4), 0.05, ("sklearn", "glmnet")),
    Case("multinomial-rows", "cross-entropy", "l21", (400, 20, 4), 0.05, ("glmnet",)),
    Case("multinomial-rows-wide", "cross-entropy", "l21", (100, 300, 3), 0.2, ("glmnet",)),
    Case("multi-task", "multitask-squared", "l21", (400, 20, 4), 0.05, ("sklearn", "glmnet")),
    Case("multi-task-wide", "multitask-squared", "l21", (100, 300, 3), 0.1, ("sklearn", "glmnet")),
]


def draw(case):
    n, d, k = case.size
    rng = np.random.default_rng(11)
    X = rng.standard_normal((n, d)) @ (np.eye(d) + 0.3 * np.eye(d, k=1)) + 0.5
    Z = X[:, :8] @ rng.standard_normal((8, k)) + rng.gumbel(size=(n, k))
    return X, (Z.argmax(axis=1) if case.loss == "cross-entropy" else Z)


def loss_and_slopes(case, X, Y, Z):
    if case.loss != "cross-entropy":
        return 0.5 * np.sum((Z - Y) ** 2) / len(X), Z - Y
    top = Z.max(axis=1, keepdims=True)
    log_sum = top + np.log(np.exp(Z - top).sum(axis=1, keepdims=True))
    hot = np.eye(case.size[2])[Y]
    return float(np.mean(log_sum[:, 0] - np.sum(Z * hot, axis=1))), np.exp(Z - log_sum) - hot


def penalty(case, strength, W):
    if case.penalty == "l21":
        return strength * np.sqrt((W**2).sum(axis=1)).sum()
    if case.penalty == "net":
        return strength / 2 * np.abs(W).sum() + strength / 4 * (W**2).sum()
    return strength * np.abs(W).sum()


def strength_of(case, X, Y):
    """A part of what makes W 0, about."""
    _, slopes = loss_and_slopes(case, X, Y, np.zeros((len(X), case.size[2])))
    return case.part * np.abs((X - X.mean(axis=0)).T @ slopes).max() / len(X)


def sklearn_fit(case, X, Y, strength, folder):
    """alpha = lambda; C = 1 / (n lambda)"""
    if case.loss == "cross-entropy":
        ratio = 0.5 if case.penalty == "net" else 1
        model = linear_model.LogisticRegression(penalty="elasticnet", l1_ratio=ratio, C=1 / (len(X) * strength), solver="saga", tol=1e-12,
                                                max_iter=20000, random_state=0, multi_class="multinomial")
    else:
        model = linear_model.MultiTaskLasso(alpha=strength, tol=1e-13, max_iter=200000)
    model.fit(X, Y)
    return model.coef_.T, model.intercept_


def glmnet_fit(case, X, Y, strength, folder):
    """lambda; multinomial with type.multinomial = "grouped" for the norms of rows"""
    np.savetxt(f"{folder}/outputs.csv", np.column_stack([Y, X]), fmt="%.17g", delimiter=",")
    family = "multinomial" if case.loss == "cross-entropy" else "mgaussian"
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "outputs.R")
    words = [family, "grouped" if case.penalty == "l21" else "ungrouped", str(case.size[2]), repr(float(strength)), "0.5" if case.penalty == "net" else "1"]
    subprocess.run(["Rscript", "--vanilla", script, folder] + words, check=True, capture_output=True, text=True)
    table = np.loadtxt(f"{folder}/outputs.coefficients", ndmin=2)
    return table[:, 1:].T, table[:, 0]


def our_fit(case, X, Y, strength, folder, program):
    path = f"{folder}/outputs.txt"
    with open(path, "w") as out:
        out.write(f"{len(X)} {X.shape[1]} {case.size[2]} {1 if Y.ndim == 1 else Y.shape[1]}\n")
        np.savetxt(out, np.column_stack([Y, X]), fmt="%.17g")
    run = subprocess.run([program, path, case.loss, case.penalty, repr(float(strength))], check=True, capture_output=True, text=True)
    lines = run.stdout.splitlines()
    bound, solver = lines[0].split()
    table = np.array([[float(word) for word in line.split()] for line in lines[1:]])
    return table[1:], table[0], float(bound), solver


def compare(case, folder, program, fits):
    X, Y = draw(case)
    strength = strength_of(case, X, Y)
    W, b, bound, solver = our_fit(case, X, Y, strength, folder, program)
    value = lambda W, b: loss_and_slopes(case, X, Y, X @ W + b)[0] + penalty(case, strength, W)
    F, failed = value(W, b), 0
    for name in case.peers:
        if name not in fits:
            continue
        G = value(*fits[name](case, X, Y, strength, folder))
        wrong = abs(F - G) > SAME * abs(G) or bound > G + 1e-12 * abs(G)
        failed += wrong
        print(f"{'FAILED' if wrong else 'ok    '} {case.name:24s} {solver}: {F:.12g}, {name}: {G:.12g}, bound {bound:.12g}", flush=True)
    return failed


def main(program):
    fits = {"sklearn": sklearn_fit}
    if peers.have_glmnet():
        fits["glmnet"] = glmnet_fit
    with tempfile.TemporaryDirectory() as folder:
        failed = sum(compare(case, folder, program, fits) for case in CASES)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(os.path.abspath(sys.argv[1])))
