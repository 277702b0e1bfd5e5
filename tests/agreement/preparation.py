"""Do scikit-learn's transformers prepare rows alike? python3 preparation.py PREPARED_TABLE DATA

Each recipe is fitted to the first rows of the data, by both, and applied to the others; some cells are missing, some columns constant, of very different sizes.
Exit status: 0, 1 (some case failed), 77 (scikit-learn is not installed).
"""
import os
import subprocess
import sys
import tempfile

try:
    import numpy as np
    from sklearn.datasets import load_svmlight_file
    from sklearn.feature_selection import VarianceThreshold
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, PolynomialFeatures, StandardScaler
except ImportError as missing:
    print(f"SKIPPED: {missing}; python3-sklearn is needed")
    sys.exit(77)

SAME = 1e-10  # relative to the largest entry of the column


def cases():
    poly = lambda degree, distinct=False: PolynomialFeatures(degree, include_bias=False, interaction_only=distinct)
    mean, median = SimpleImputer(strategy="mean"), SimpleImputer(strategy="median")
    constant = SimpleImputer(strategy="constant", fill_value=-1.5)
    return [
        ("impute=mean", (mean,)),
        ("impute=median", (median,)),
        ("impute=-1.5", (constant,)),
        ("impute=median,standardise", (median, StandardScaler())),
        ("impute=median,min-max", (median, MinMaxScaler())),
        ("impute=median,max-abs", (median, MaxAbsScaler())),
        ("impute=median,drop-constant", (median, VarianceThreshold())),
        ("impute=mean,drop-constant,standardise", (mean, VarianceThreshold(), StandardScaler())),
        ("impute=mean,standardise,polynomial=2", (mean, StandardScaler(), poly(2))),
        ("impute=mean,min-max,polynomial=3", (mean, MinMaxScaler(), poly(3))),
        ("impute=mean,min-max,interactions=3", (mean, MinMaxScaler(), poly(3, True))),
        ("impute=mean,max-abs,polynomial=2,standardise", (mean, MaxAbsScaler(), poly(2), StandardScaler())),
    ]


def ours(program, recipe, folder, training, fresh, weight=None):
    paths = [os.path.join(folder, name) for name in ("training.npy", "fresh.npy", "weight.npy", "out.npy")]
    for path, array in zip(paths, (training, fresh, weight)):
        if array is not None:
            np.save(path, array)
    words = [program, recipe, paths[0], paths[1], paths[2] if weight is not None else "-", paths[3]]
    subprocess.run(words, check=True)
    return np.load(paths[3])


def compare(name, mine, theirs):
    if mine.shape != theirs.shape:
        print(f"FAILED {name}: {mine.shape}, not {theirs.shape}")
        return False
    size = np.maximum(1, np.abs(theirs).max(axis=0))
    worst = float((np.abs(mine - theirs) / size).max())
    print(f"{'ok    ' if worst <= SAME else 'FAILED'} {name}: {mine.shape[1]} columns, {worst:.1e}")
    return worst <= SAME


def main(program, data):
    X = load_svmlight_file(data)[0].toarray()
    X[:, 4] = 7.25
    random = np.random.default_rng(5)
    X[random.random(X.shape) < 0.07] = np.nan
    X[:, 4] = 7.25
    training, fresh = X[:400], X[400:]
    weight = random.integers(0, 4, len(training)).astype(float)
    fine = True
    with tempfile.TemporaryDirectory() as folder:
        for recipe, steps in cases():
            pipeline = make_pipeline(*steps)
            pipeline.fit(training)
            fine &= compare(recipe, ours(program, recipe, folder, training, fresh), pipeline.transform(fresh))
        whole, new = np.nan_to_num(training), np.nan_to_num(fresh)
        scaler = StandardScaler().fit(whole, sample_weight=weight)
        fine &= compare("standardise, weighted", ours(program, "standardise", folder, whole, new, weight), scaler.transform(new))
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
