"""Other programs' solutions of the same problems, each run to its tightest tolerance.

A peer is a function of (case, data, folder) that returns its (W, b), W d x k. How its parameters follow from l1 and l2 is in each one's first
line; all penalties below are those of F = mean loss + l1 |W|_1 + l2/2 |W|^2.
"""
import shutil
import subprocess
import warnings

import numpy as np
from scipy import optimize, sparse
from sklearn import linear_model, svm

warnings.filterwarnings("ignore")


def column(w, b=0.0):
    return np.asarray(w, dtype=float).reshape(-1, 1), np.array([float(np.asarray(b).ravel()[0]) if np.size(b) else 0.0])


def class_weight(case):
    return "balanced" if getattr(case, "balanced", False) else None


def sklearn_logistic(case, data, folder):
    """C = 1 / (n l2); with l1: C = 1 / (n (l1 + l2)), l1_ratio = l1 / (l1 + l2)"""
    whole = case.l1 + case.l2
    C = 1 / (len(data.y) * whole)
    if case.l1 > 0:
        model = linear_model.LogisticRegression(penalty="elasticnet", l1_ratio=case.l1 / whole, C=C, solver="saga", tol=1e-13,
                                                max_iter=30000, fit_intercept=case.intercept, random_state=0, class_weight=class_weight(case))
    else:
        solver = "lbfgs" if data.classes else "newton-cholesky"
        model = linear_model.LogisticRegression(C=C, solver=solver, tol=1e-13, max_iter=10000, fit_intercept=case.intercept,
                                                class_weight=class_weight(case))
    model.fit(data.X, data.y)
    if data.classes:
        return model.coef_.T, model.intercept_
    return column(model.coef_, model.intercept_)


def sklearn_linear_svc(case, data, folder):
    """C = 1 / (2 n l2) for the squared hinge, which has no 1/2 there, and 1 / (n l2) for the hinge; l1 without the 1/2 of l2"""
    share = 2 if case.loss == "squared-hinge" else 1
    C = 1 / (share * len(data.y) * (case.l1 or case.l2))
    model = svm.LinearSVC(C=C, penalty="l1" if case.l1 else "l2", loss=case.loss.replace("-", "_"), dual=case.loss == "hinge",
                          tol=1e-12, max_iter=1000000, fit_intercept=False, random_state=0, class_weight=class_weight(case))
    return column(model.fit(data.X, data.y).coef_)


def sklearn_ridge(case, data, folder):
    """alpha = n l2"""
    model = linear_model.Ridge(alpha=len(data.y) * case.l2, solver="svd", fit_intercept=case.intercept).fit(data.X, data.y)
    return column(model.coef_, model.intercept_)


def sklearn_elastic_net(case, data, folder):
    """alpha = l1 + l2, l1_ratio = l1 / alpha; Lasso where l2 is 0"""
    common = {"fit_intercept": case.intercept, "tol": 1e-14, "max_iter": 300000}
    if case.l2 > 0:
        model = linear_model.ElasticNet(alpha=case.l1 + case.l2, l1_ratio=case.l1 / (case.l1 + case.l2), **common)
    else:
        model = linear_model.Lasso(alpha=case.l1, **common)
    model.fit(data.X, data.y)
    return column(model.coef_, model.intercept_)


def huber_of_sklearn(data, alpha, epsilon=1.35):
    """HuberRegressor fits a scale too: sum (scale + H_epsilon((y - z) / scale) scale) + alpha |w|^2, H_epsilon(r) = r^2 near 0. At the scale that it finds, w
    minimises our F with delta = epsilon scale and l2 = alpha scale / n. Returns the model, delta, l2."""
    model = linear_model.HuberRegressor(alpha=alpha, epsilon=epsilon, max_iter=100000, tol=1e-12).fit(data.X, data.y)
    return model, epsilon * model.scale_, alpha * model.scale_ / len(data.y)


def sklearn_huber(case, data, folder):
    model, delta, l2 = huber_of_sklearn(data, case.alpha)
    return column(model.coef_, model.intercept_)


def sklearn_quantile(case, data, folder):
    """alpha = l1; a linear program"""
    model = linear_model.QuantileRegressor(quantile=case.param, alpha=case.l1, solver="highs", fit_intercept=case.intercept)
    model.fit(data.X, data.y)
    return column(model.coef_, model.intercept_)


def linear_program(case, data, folder):
    """Straight lines and |w|_1, by HiGHS: the least sum of u / n + l1 (p + q), w = p - q, where u_i is above each of the lines of loss i."""
    X = np.asarray(data.X.todense() if sparse.issparse(data.X) else data.X)
    n, d = X.shape
    k = int(data.y.max()) + 1 if case.loss == "multiclass-hinge" else 1
    lines = []  # (rows' factors of z, n x k; what is added): u_i >= factor_i'z_i + added_i
    if k > 1:
        own = np.eye(k)[data.y.astype(int)]
        lines = [(np.eye(k)[c] - own, 1 - own[:, c]) for c in range(k)]
    elif case.loss == "hinge":
        lines = [(-data.y[:, None], np.ones(n)), (np.zeros((n, 1)), np.zeros(n))]
    else:
        low, high = (case.param, 1 - case.param) if case.loss == "quantile" else (1.0, 1.0)
        slack = case.param if case.loss == "epsilon-insensitive" else 0.0
        lines = [(np.full((n, 1), high), -high * data.y - slack), (np.full((n, 1), -low), low * data.y - slack), (np.zeros((n, 1)), np.zeros(n))]
    rows = []
    for factor, _ in lines:
        Z = np.hstack([X[:, [j]] * factor for j in range(d)])  # d k columns, as W is laid out
        rows.append(np.hstack([Z, -Z, factor * case.intercept, -np.eye(n)]))
    cost = np.concatenate([np.full(2 * d * k, case.l1), np.zeros(k), np.full(n, 1 / n)])
    bounds = [(0, None)] * (2 * d * k) + [(None, None)] * k + [(None, None)] * n
    answer = optimize.linprog(cost, A_ub=np.vstack(rows), b_ub=-np.concatenate([added for _, added in lines]), bounds=bounds, method="highs")
    W = (answer.x[:d * k] - answer.x[d * k:2 * d * k]).reshape(d, k)
    return W, answer.x[2 * d * k:2 * d * k + k]


def sklearn_glm(case, data, folder):
    """alpha = l2: half the unit deviance is our loss but for what depends on y alone"""
    common = {"alpha": case.l2, "tol": 1e-12, "max_iter": 100000, "fit_intercept": case.intercept, "solver": "newton-cholesky"}
    model = {"poisson": lambda: linear_model.PoissonRegressor(**common), "gamma": lambda: linear_model.GammaRegressor(**common),
             "tweedie": lambda: linear_model.TweedieRegressor(power=case.param, link="log", **common)}[case.loss]()
    model.fit(data.X, data.y)
    return column(model.coef_, model.intercept_)


# loss, has l1 -> liblinear's -s
LIBLINEAR = {("logistic", False): 0, ("squared-hinge", False): 2, ("hinge", False): 3, ("multiclass-hinge", False): 4,
             ("squared-hinge", True): 5, ("logistic", True): 6, ("squared-epsilon-insensitive", False): 11}


def liblinear(case, data, folder):
    """C = 1 / (n l2), or 1 / (n l1) for penalty |w|_1; half that for squared losses, which have no 1/2 there. No bias: it would be penalised."""
    kind = LIBLINEAR[case.loss, case.l1 > 0]
    C = 1 / (len(data.y) * (case.l1 or case.l2)) / (2 if kind in (2, 5, 11) else 1)
    model = f"{folder}/liblinear.model"
    command = ["liblinear-train", "-q", "-s", str(kind), "-c", repr(C), "-e", "1e-12" if kind in (0, 2, 11) else "1e-9", "-B", "-1"]
    if kind == 11:
        command += ["-p", repr(case.param)]
    subprocess.run(command + [data.path, model], check=True, capture_output=True)
    with open(model) as lines:
        text = [line.split() for line in lines]
    head = {line[0]: line[1:] for line in text[:6]}
    W = np.array([[float(v) for v in line] for line in text[text.index(["w"]) + 1:] if line])
    if data.classes:
        return W[:, np.argsort([float(v) for v in head["label"]])], np.zeros(data.classes)
    return column(W if kind == 11 or float(head["label"][0]) > 0 else -W)


GLMNET_FAMILY = {"squared": "gaussian", "logistic": "binomial", "cross-entropy": "multinomial", "poisson": "poisson"}


def glmnet_all(cases, sets, folder, script):
    """Every case that glmnet shares, in one process: name -> (W, b). lambda = l1 + l2, alpha = l1 / lambda."""
    with open(f"{folder}/jobs.csv", "w") as jobs:
        jobs.write("name,data,family,alpha,lambda,intercept,standardize\n")
        for case in cases:
            whole = case.l1 + case.l2
            jobs.write(f"{case.name},{case.data},{GLMNET_FAMILY[case.loss]},{case.l1 / whole!r},{whole!r},{int(case.intercept)},"
                       f"{int(case.standardise)}\n")
    for name in {case.data for case in cases}:
        np.savetxt(f"{folder}/{name}.csv", np.column_stack([sets[name].y, sets[name].X]), fmt="%.17g", delimiter=",")
    subprocess.run(["Rscript", "--vanilla", script, folder], check=True, capture_output=True, text=True)
    answers = {}
    for case in cases:
        table = np.loadtxt(f"{folder}/{case.name}.coefficients", ndmin=2)
        answers[case.name] = (table[1:], table[0])
    return answers


def have_liblinear():
    return shutil.which("liblinear-train") is not None


def have_glmnet():
    return bool(shutil.which("Rscript")) and subprocess.run(["Rscript", "--vanilla", "-e", "library(glmnet)"], capture_output=True).returncode == 0
