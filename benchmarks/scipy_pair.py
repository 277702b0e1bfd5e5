"""The least processor time, in seconds, of SciPy's X @ w plus X.T @ r for a CSR matrix: scipy_pair.py FOLDER ROWS COLUMNS TURNS

FOLDER holds the raw arrays start (int64), index (int32), values, w, r (float64). Called by bench_kernels.
"""
import sys
import time

try:
    import numpy
    import scipy.sparse
except ImportError:
    sys.exit("no SciPy here")

folder, rows, columns, turns = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])


def read(name, kind):
    return numpy.fromfile(f"{folder}/{name}", dtype=kind)


start = read("start", "int64").astype("int32")  # both index arrays of one type, as SciPy wants them
X = scipy.sparse.csr_matrix((read("values", "float64"), read("index", "int32"), start), shape=(rows, columns))
w, r = read("w", "float64"), read("r", "float64")
least = float("inf")
for turn in range(turns + 1):
    begin = time.process_time()
    X @ w
    X.T @ r
    if turn > 0:
        least = min(least, time.process_time() - begin)
print(least)
