"""Values as other readers read them, bit by bit: python3 readers.py READ_TABLE SHIPPED_DATA

LIBSVM text against scikit-learn's load_svmlight_file, CSV against pandas' read_csv (correctly rounded), .npy against numpy.load. READ_TABLE writes what
libermopt reads as raw numbers. The real sets of $ERMOPT_DATA join in where they are. Exit status: 0, 1 (some value differs), 77 (no peer is installed).
"""
import glob
import lzma
import os
import subprocess
import sys
import tempfile

try:
    import numpy as np
    from sklearn.datasets import load_svmlight_file
except ImportError as missing:
    print(f"SKIPPED: {missing}; python3-sklearn is needed")
    sys.exit(77)
try:
    import pandas
except ImportError:
    pandas = None


def ours(program, form, path, folder):
    """rows, cols, start, index, value, y of a data set; rows, cols, values of an array."""
    out = os.path.join(folder, "out.bin")
    subprocess.run([program, form, path, out], check=True)
    with open(out, "rb") as file:

        def take(kind, count):
            return np.frombuffer(file.read(np.dtype(kind).itemsize * int(count)), kind, count)

        rows, cols, nnz = take("i8", 3)
        if form == "npy":
            return rows, cols, take("f8", nnz)
        return rows, cols, take("i8", rows + 1), take("i4", nnz), take("f8", nnz), take("f8", rows)


def same(a, b):
    """Bit by bit, but that -0 is as good as 0, which sparse text does not hold."""
    a, b = np.asarray(a, "f8") + 0.0, np.asarray(b, "f8") + 0.0
    return a.shape == b.shape and np.array_equal(a.view("i8"), b.view("i8"))


def check_libsvm(program, path, folder):
    rows, cols, start, index, value, y = ours(program, "libsvm", path, folder)
    X, theirs = load_svmlight_file(path)
    return (int(rows), int(cols)) == X.shape and np.array_equal(start, X.indptr) and np.array_equal(index, X.indices) and \
        same(value, X.data) and same(y, theirs)


def check_csv(program, path, folder):
    rows, cols, start, index, value, y = ours(program, "csv", path, folder)
    table = pandas.read_csv(path, engine="c", float_precision="round_trip")
    numbers = table.iloc[:, :-1].to_numpy("f8")
    dense = np.zeros((rows, cols))
    dense[np.repeat(np.arange(rows), np.diff(start)), index] = value
    label = table.iloc[:, -1]
    labels = same(y, label) if label.dtype.kind in "if" else np.array_equal(y, pandas.factorize(label)[0])
    return dense.shape == numbers.shape and same(dense, numbers) and labels


def check_npy(program, path, folder):
    rows, cols, values = ours(program, "npy", path, folder)
    theirs = np.load(path)
    theirs = theirs.reshape(len(theirs), -1)
    return theirs.shape == (rows, cols) and same(values.reshape(rows, cols), theirs)


def hard_numbers(folder):
    """Doubles of all sizes and their neighbours, written with 15 to 20 digits, as CSV."""
    rng = np.random.default_rng(1)
    bits = rng.integers(0, 1 << 63, 20000, dtype=np.uint64) >> np.uint64(1)
    values = bits.view("f8")
    values = values[np.isfinite(values)]
    values = np.concatenate([values, rng.standard_normal(20000), rng.standard_normal(20000) * 10.0 ** rng.integers(-30, 30, 20000)])
    path = os.path.join(folder, "hard.csv")
    with open(path, "w") as out:
        out.write("x,y\n")
        for v, digits in zip(values, rng.integers(14, 21, len(values))):
            out.write(f"{v:.{digits - 1}e},{v:.{min(digits, 17)}g}\n")
    return path


def arrays(folder):
    rng = np.random.default_rng(2)
    for kind in ("f8", "f4", ">f8", ">f4", "i1", "u1", "i2", ">u2", "i4", "u4", "i8", "u8", "?"):
        values = rng.standard_normal((300, 70))
        if "f" not in kind:
            values = (20 * (np.abs(values) if "i" not in kind else values)).astype("i1")
        for order in "CF":
            path = os.path.join(folder, f"{kind.replace('>', 'big-').replace('?', 'bool')}-{order}.npy")
            np.save(path, np.array(values, dtype=kind, order=order))
            yield path


def unpacked(paths, folder):
    for path in paths:
        if path.endswith(".xz"):
            plain = os.path.join(folder, os.path.basename(path)[:-3])
            with lzma.open(path) as packed, open(plain, "wb") as out:
                out.write(packed.read())
            yield plain
            os.unlink(plain)
        else:
            yield path


def main(program, shipped, root):
    failed = count = 0
    real = sorted(glob.glob(os.path.join(root, "*.xz")) + glob.glob(os.path.join(root, "small", "*")) + glob.glob(os.path.join(root, "nist", "*.csv"))) if root else []
    real = [path for path in real if "certified" not in path]  # a table of results, with empty cells
    if not real:
        print("ERMOPT_DATA names no folder with real data: only the shipped set and generated numbers")
    with tempfile.TemporaryDirectory() as folder:
        if pandas is None:
            print("python3-pandas is not installed: CSV is left out")
        made = [hard_numbers(folder)] + list(arrays(folder))
        for path in unpacked([shipped] + made + real, folder):
            form = path.rsplit(".", 1)[-1] if path.endswith((".csv", ".npy")) else "libsvm"
            if form == "csv" and pandas is None:
                continue
            good = {"libsvm": check_libsvm, "csv": check_csv, "npy": check_npy}[form](program, path, folder)
            count, failed = count + 1, failed + (not good)
            print(f"{'ok    ' if good else 'FAILED'} {form} {os.path.basename(path)}", flush=True)
    print(f"{count} files, {failed} failures")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], os.environ.get("ERMOPT_DATA", "")))
