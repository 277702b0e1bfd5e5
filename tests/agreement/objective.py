"""The objective, written a second time: F(W, b) = mean_i l(x_i'W + b, y_i) + l1 |W|_1 + l2/2 |W|^2, in numpy and in double precision.

Standardised, the penalties are of sd_j W_j; balanced, the mean is weighted so that every class counts alike."""
import numpy as np


def softplus(m):
    return np.logaddexp(0, m)


def cross_entropy(z, y, _):
    top = z.max(axis=1)
    return np.log(np.exp(z - top[:, None]).sum(axis=1)) + top - z[np.arange(len(y)), y.astype(int)]


def multiclass_hinge(z, y, _):
    own = z[np.arange(len(y)), y.astype(int)]
    rival = z + 1
    rival[np.arange(len(y)), y.astype(int)] -= 1
    return rival.max(axis=1) - own


def huber(z, y, delta):
    r = np.abs(z - y)
    return np.where(r <= delta, r * r / 2, delta * (r - delta / 2))


def tweedie(z, y, power):
    return np.exp((2 - power) * z) / (2 - power) + y * np.exp((1 - power) * z) / (power - 1)


# name -> l(z, y, param); z and y are vectors, but for the two losses with several outputs, where z is n x k
LOSSES = {
    "squared": lambda z, y, _: (z - y) ** 2 / 2,
    "logistic": lambda z, y, _: softplus(-y * z),
    "hinge": lambda z, y, _: np.maximum(0, 1 - y * z),
    "squared-hinge": lambda z, y, _: np.maximum(0, 1 - y * z) ** 2 / 2,
    "huber": huber,
    "absolute": lambda z, y, _: np.abs(z - y),
    "epsilon-insensitive": lambda z, y, eps: np.maximum(0, np.abs(z - y) - eps),
    "quantile": lambda z, y, tau: np.maximum(tau * (y - z), (1 - tau) * (z - y)),
    "squared-epsilon-insensitive": lambda z, y, eps: np.maximum(0, np.abs(z - y) - eps) ** 2 / 2,
    "poisson": lambda z, y, _: np.exp(z) - y * z,
    "gamma": lambda z, y, _: y * np.exp(-z) + z,
    "tweedie": tweedie,
    "cross-entropy": cross_entropy,
    "multiclass-hinge": multiclass_hinge,
}


def balanced_weights(y):
    _, number, count = np.unique(y, return_inverse=True, return_counts=True)
    return len(y) / (len(count) * count[number])


def objective(case, data, W, b):
    """W is d x k, b has k entries."""
    z = data.X @ W + b
    if case.loss not in ("cross-entropy", "multiclass-hinge"):
        z = z[:, 0]
    weights = balanced_weights(data.y) if getattr(case, "balanced", False) else None
    loss = np.average(LOSSES[case.loss](np.asarray(z), data.y, case.param), weights=weights)
    if getattr(case, "standardise", False):
        mean = np.average(data.X, axis=0, weights=weights)
        W = W * np.sqrt(np.average((data.X - mean) ** 2, axis=0, weights=weights))[:, None]
    return loss + case.l1 * np.abs(W).sum() + case.l2 / 2 * (W * W).sum()
