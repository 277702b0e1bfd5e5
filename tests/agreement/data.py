"""The data sets of the agreement tests: made from the data shipped with the library, or drawn with a fixed seed."""
import lzma
import os
from dataclasses import dataclass

import numpy as np


@dataclass
class Data:
    name: str
    X: np.ndarray  # n x d
    y: np.ndarray  # n: -1 and +1, numbers, or classes 0 .. k - 1
    classes: int = 0  # k for classes, else 0
    path: str = ""  # as LIBSVM text


def write_libsvm(folder, data):
    """Every double as its shortest decimal form that reads back to the same bits."""
    data.path = os.path.join(folder, data.name + ".libsvm")
    with open(data.path, "w") as out:
        for row, label in zip(data.X, data.y):
            values = " ".join(f"{j + 1}:{v!r}" for j, v in enumerate(row.tolist()) if v != 0)
            out.write(f"{float(label)!r} {values}\n")
    return data


def read_libsvm(path, d=0):
    rows, labels = [], []
    with lzma.open(path, "rt") if path.endswith(".xz") else open(path) as lines:
        for line in lines:
            words = line.split()
            if words:
                labels.append(float(words[0]))
                rows.append([word.split(":") for word in words[1:]])
    d = max([d] + [int(j) for row in rows for j, _ in row])
    X = np.zeros((len(rows), d))
    for i, row in enumerate(rows):
        for j, v in row:
            X[i, int(j) - 1] = float(v)
    return X, np.array(labels)


def standardised(X):
    return (X - X.mean(axis=0)) / X.std(axis=0)


def all_sets(folder, shipped):
    rng = np.random.default_rng(7)
    X, y = read_libsvm(shipped)
    S = standardised(X)
    # y of variance 1, since glmnet divides by it before it applies the squared penalty
    area = Data("wdbc-area", S[:, [j for j in range(30) if j != 3]], S[:, 3])
    raw_area = Data("wdbc-raw-area", X[:, [j for j in range(30) if j != 3]], S[:, 3])
    outliers = Data("wdbc-outliers", area.X, area.y + np.where(rng.random(len(y)) < 0.05, 20 * rng.standard_normal(len(y)), 0))
    words = rng.random((200, 400)) < 0.03
    text = np.where(words, rng.exponential(1, words.shape), 0)
    G = rng.standard_normal((300, 12))
    z = G @ rng.standard_normal((12, 4)) + 2 * rng.gumbel(size=(300, 4))
    rate = np.exp(0.3 * G @ rng.standard_normal(12) + 0.5)
    sets = [
        Data("wdbc", S, y),
        Data("wdbc-raw-scale", X / 1000, y),
        area,
        raw_area,
        outliers,
        Data("text", text, np.where(text[:, :20].sum(axis=1) + 0.5 * rng.standard_normal(200) > 0.5, 1.0, -1.0)),
        Data("four-classes", G, z.argmax(axis=1).astype(float), classes=4),
        Data("counts", G, rng.poisson(rate).astype(float)),
        Data("sizes", G, rate * rng.gamma(2, 0.5, 300)),
    ]
    return {data.name: write_libsvm(folder, data) for data in sets}
