"""scikit-learn and SciPy on an exported problem: python3 peers.py EXPORTED ANSWERS [--repeats N] [--seconds X] [--step N] [--only PART-OF-NAME]

EXPORTED is what bench_export wrote. Each program is run from a loose tolerance to a tight one; a row for each fit, as bench_fit's. Only `fit` is
timed: not the imports, not the reading. Each objective is put into the package's own terms; bench_judge checks that they were the same.
"""
import argparse
import os
import signal
import sys
import time
import warnings

try:
    import numpy as np
    import scipy.optimize
    import scipy.sparse
    import sklearn
    from sklearn import linear_model, svm
except ImportError as missing:
    print(f"peers.py: {missing}; scikit-learn and SciPy are left out", file=sys.stderr)
    sys.exit(0)
warnings.filterwarnings("ignore")


def load(folder):
    with open(os.path.join(folder, "problem.tsv")) as lines:
        facts = dict(line.rstrip("\n").split("\t") for line in lines)
    for key in ("n", "d", "k", "nnz"):
        facts[key] = int(facts[key])
    for key in ("lambda", "number"):
        facts[key] = float(facts[key])
    read = lambda name, kind="f8": np.fromfile(os.path.join(folder, name), kind)
    n, d = facts["n"], facts["d"]
    if facts["nnz"]:
        facts["X"] = scipy.sparse.csr_matrix((read("X.bin"), read("index.bin", "i4"), read("start.bin").astype("i8")), shape=(n, d))
    else:
        facts["X"] = read("X.bin").reshape(n, d)
    facts["y"] = read("y.bin")
    facts["lambdas"] = read("lambdas.bin")
    return facts


def estimators(p):
    """(name, make(tolerance), takes columns) of each scikit-learn estimator that shares the problem's objective."""
    n, lam, C, none = p["n"], p["lambda"], 1 / (p["n"] * p["lambda"]), {"fit_intercept": False}
    many = 100000
    logistic = lambda solver, penalty="l2": lambda tol: linear_model.LogisticRegression(
        C=C, solver=solver, penalty=penalty, tol=tol, max_iter=many, **none)
    svc = lambda loss, cost, dual: lambda tol: svm.LinearSVC(C=cost, loss=loss, dual=dual, tol=tol, max_iter=many, **none)
    ridge = lambda solver: lambda tol: linear_model.Ridge(alpha=n * lam, solver=solver, tol=tol, max_iter=many, **none)
    dense = not p["nnz"]
    kinds = {
        "l2log": [("lbfgs", logistic("lbfgs")), ("newton-cholesky", logistic("newton-cholesky")), ("newton-cg", logistic("newton-cg")),
                  ("saga", logistic("saga"))],
        "l1log": [("saga", logistic("saga", "l1"))],
        "multi": [("lbfgs", logistic("lbfgs")), ("newton-cg", logistic("newton-cg")), ("saga", logistic("saga"))],
        "ridge": [("cholesky", ridge("cholesky")), ("lsqr", ridge("lsqr"))] if dense else [("lsqr", ridge("lsqr"))],
        "lasso": [("cd", lambda tol: linear_model.Lasso(alpha=lam, tol=tol, max_iter=many, **none))],
        "enet": [("cd", lambda tol: linear_model.ElasticNet(alpha=lam, l1_ratio=0.5, tol=tol, max_iter=many, **none))],
        "hinge": [("LinearSVC", svc("hinge", p["number"], True))],
        "sqhinge": [("LinearSVC", svc("squared_hinge", p["number"] / 2, False))],
        "svm": [("SVC (libsvm)", lambda tol: svm.SVC(C=p["number"], kernel="linear", tol=tol, cache_size=1000))],
        "quantile": [("LinearSVR", lambda tol: svm.LinearSVR(C=C / 2, epsilon=0, tol=tol, max_iter=many, **none))],
    }
    return kinds.get(p["kind"], [])


def objective(p):
    """F and its gradient for L-BFGS; None where F has none."""
    X, y, n, lam, k = p["X"], p["y"], p["n"], p["lambda"], p["k"]

    def logistic(z):
        m = y * z
        return np.logaddexp(0, -m).mean(), -y / (1 + np.exp(m))

    def softmax(z):
        z = z - z.max(1, keepdims=True)
        e = np.exp(z)
        total = e.sum(1, keepdims=True)
        rows = np.arange(n), y.astype(int)
        value = (np.log(total[:, 0]) - z[rows]).mean()
        e /= total
        e[rows] -= 1
        return value, e

    def squared_hinge(z):
        m = np.maximum(0, 1 - y * z)
        return 0.5 * (m * m).mean(), -y * m

    def huber(z):
        r = z - y
        return np.where(abs(r) <= 1, r * r / 2, abs(r) - 0.5).mean(), np.clip(r, -1, 1)

    loss = {"l2log": logistic, "multi": softmax, "sqhinge": squared_hinge, "huber": huber,
            "ridge": lambda z: (0.5 * ((z - y) ** 2).mean(), z - y)}.get(p["kind"])
    if not loss:
        return None

    def F(w):
        W = w.reshape(-1, k) if k > 1 else w
        value, slope = loss(X @ W)
        return value + lam / 2 * (w @ w), np.ravel(X.T @ slope / n + lam * W)
    return F


def answer_of(p, model):
    """W as rows of features, and the intercept where the problem has one."""
    w = np.asarray(model.coef_.todense() if scipy.sparse.issparse(model.coef_) else model.coef_)
    w = w.reshape(-1, p["d"]).T
    return np.append(w.ravel(), model.intercept_) if p["kind"] == "svm" else w.ravel()


def own_memory(key):
    """A line of /proc/self/status in bytes."""
    with open("/proc/self/status") as lines:
        return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(key)), 0)


def resident():
    """What this process has in memory; its peak is counted anew from here."""
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass
    return own_memory("VmRSS")


def run(p, name, fit, arguments):
    """Rows of one program: fit(tol, limit) returns (w, seconds, passes), or raises TimeoutError after `limit` seconds; what needs more memory than there is ends as well."""
    if arguments.only not in name:
        return
    total = 0
    for digits in range(0, 13, arguments.step):
        least = float("inf")
        for repeat in range(arguments.repeats):
            before = resident()
            try:
                w, seconds, passes = fit(10.0**-digits, max(5, int(10 * arguments.seconds)))
            except (TimeoutError, MemoryError):
                return
            grown = max(0, own_memory("VmHWM") - before)
            path = os.path.join(arguments.answers, f"{p['name']}.{name.replace(' ', '_')}.{digits}.bin")
            if repeat == 0:
                w.astype("f8").tofile(path)
            row = (p["name"], name, arguments.threads, f"tol={10.0**-digits:.0e}", repeat, f"{seconds:.6f}", f"{passes:.2f}",
                   grown, path)
            print(*row, sep="\t", flush=True)
            least = min(least, seconds)
            if least > arguments.seconds * (3 if repeat == 0 else 1):  # a single slow fit may be another program's doing
                break
        total += least * arguments.repeats
        if least > arguments.seconds or total > 4 * arguments.seconds:
            return


def too_long(*_):
    raise TimeoutError


def timed(call, limit):
    """Some solvers go on for a million iterations when asked for more digits than rounding leaves: after `limit` seconds, TimeoutError."""
    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(limit)
    start = time.perf_counter()
    try:
        result = call()
    finally:
        signal.alarm(0)
    return result, time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("exported")
    parser.add_argument("answers")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--step", type=int, default=1, help="each tolerance is 10^-STEP of the one before")
    parser.add_argument("--only", default="", help="programs whose name has this in it")
    parser.add_argument("--threads", type=int, default=1, help="only reported: OPENBLAS_NUM_THREADS and OMP_NUM_THREADS decide")
    arguments = parser.parse_args()
    p = load(arguments.exported)
    for name, make in estimators(p):
        def fit(tol, limit, make=make, name=name):
            X = np.asfortranarray(p["X"]) if name == "cd" and not p["nnz"] else p["X"].tocsc() if name == "cd" else p["X"]
            model, seconds = timed(lambda: make(tol).fit(X, p["y"]), limit)
            return answer_of(p, model), seconds, np.nan
        run(p, f"scikit-learn {name}", fit, arguments)
    if p["kind"] == "lassopath":
        def path(tol, limit):
            X = np.asfortranarray(p["X"]) if not p["nnz"] else p["X"].tocsc()
            found, seconds = timed(lambda: linear_model.lasso_path(X, p["y"], alphas=p["lambdas"], tol=tol, max_iter=100000), limit)
            return found[1].T.ravel(), seconds, np.nan
        run(p, "scikit-learn lasso_path", path, arguments)
    F = objective(p)
    if F:
        def lbfgs(tol, limit):
            options = {"maxiter": 100000, "maxfun": 100000, "ftol": 0, "gtol": tol * 1e-2}
            found, seconds = timed(lambda: scipy.optimize.minimize(F, np.zeros(p["d"] * p["k"]), jac=True, method="L-BFGS-B", options=options), limit)
            return found.x, seconds, found.nfev
        run(p, "SciPy L-BFGS", lbfgs, arguments)


if __name__ == "__main__":
    main()
