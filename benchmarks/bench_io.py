"""Reading, predicting and text to model, in turns with other programs: python3 bench_io.py BIN FOLDER REPEATS FILE...

BIN is the folder of the build, FOLDER a place for files that are made here. FILE: LIBSVM text. Called by bench_io.sh. Writes a table, tab-separated:
what, program, threads, median seconds by the clock, median processor seconds, MB/s by the clock, times ours, the command. All programs of a row's group are
run once in each of REPEATS turns, so that what disturbs the machine disturbs them alike.

liblinear-train reads all data before it looks at its parameters: with -e -1, which it then refuses, it reads and does nothing else. Its
time holds the start of the program, about 1 ms, as ours does where it stands beside it.
"""
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time

try:
    import numpy as np
except ImportError:
    np = None
try:
    from sklearn.datasets import load_svmlight_file
except ImportError:
    load_svmlight_file = None
try:
    import pandas
except ImportError:
    pandas = None

bin_folder, folder, repeats = sys.argv[1], sys.argv[2], int(sys.argv[3])
bench_io = os.path.join(bin_folder, "benchmarks", "bench_io")
programs = os.path.join(bin_folder, "examples")


def usage(who):
    found = resource.getrusage(who)
    return found.ru_utime + found.ru_stime


def command(words, fails=False):
    """A job that runs a program from start to exit."""

    def run():
        before, begin = usage(resource.RUSAGE_CHILDREN), time.perf_counter()
        code = subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
        seconds = time.perf_counter() - begin
        if (code != 0) != fails:
            sys.exit(f"bench_io.py: exit status {code} of {' '.join(words)}")
        return seconds, usage(resource.RUSAGE_CHILDREN) - before

    run.text = " ".join(words)
    return run


def ours(form, path, threads=1):
    """A job of bench_io, which tells the seconds without its start, of its third reading."""

    def run():
        seconds, spent = subprocess.run([bench_io, form, path, str(threads)], stdout=subprocess.PIPE, check=True).stdout.split()
        return float(seconds), float(spent)

    run.text = f"bench_io {form} {path} {threads}"
    return run


def python(text, call):
    """A job in this process."""

    def run():
        before, begin = usage(resource.RUSAGE_SELF), time.perf_counter()
        result = call()
        seconds = time.perf_counter() - begin
        spent = usage(resource.RUSAGE_SELF) - before
        del result
        return seconds, spent

    run.text = text
    return run


def group(what, size, jobs):
    """jobs: (program, threads, job); the first is ours, to which the others are compared by the clock and by processor time."""
    found = [[] for _ in jobs]
    for job in jobs:
        job[2]()  # the files are in the system's cache from here on
    for _ in range(repeats):
        for times, job in zip(found, jobs):
            times.append(job[2]())
    clock = [statistics.median(t for t, _ in times) for times in found]
    spent = [statistics.median(t for _, t in times) for times in found]
    for j, (program, threads, job) in enumerate(jobs):
        print(what, program, threads, f"{clock[j]:.4f}", f"{spent[j]:.4f}", f"{size / 1e6 / clock[j]:.0f}", f"{clock[j] / clock[0]:.2f}",
              job.text, sep="\t", flush=True)


def read_text(path):
    size = os.path.getsize(path)
    jobs = [("libermopt", 1, ours("libsvm", path)), ("libermopt", 2, ours("libsvm", path, 2)), ("libermopt, by blocks", 1, ours("blocks", path)),
            ("read alone", 1, ours("plain", path))]
    if load_svmlight_file:
        jobs.append(("scikit-learn", 1, python(f"load_svmlight_file({path!r})", lambda: load_svmlight_file(path))))
    group(f"LIBSVM {os.path.basename(path)}", size, jobs)
    if shutil.which("liblinear-train"):
        group(f"LIBSVM {os.path.basename(path)}, whole programs", size,
              [("libermopt", 1, command([bench_io, "libsvm", path, "1", "1"])),
               ("liblinear", 1, command(["liblinear-train", "-e", "-1", path, os.devnull], fails=True))])


def map_binary(path):
    binary = os.path.join(folder, os.path.basename(path) + ".ermdata")
    subprocess.run([os.path.join(programs, "erm_convert"), "--quiet", path, binary], check=True)
    group(f"binary {os.path.basename(path)}", os.path.getsize(binary),
          [("libermopt, checked", 1, ours("binary", binary)), ("libermopt, trusted", 1, ours("trusted", binary)), ("read alone", 1, ours("plain", binary))])
    os.unlink(binary)


def write_tables(path):
    """The first rows of a LIBSVM file as CSV and .npy, unless it is far wider than tables are."""
    X, y = load_svmlight_file(path)
    if X.shape[1] > 5000:
        return None
    rows = max(1, min(X.shape[0], 20_000_000 // X.shape[1]))
    table = np.column_stack([X[:rows].toarray(), y[:rows]])
    name = os.path.join(folder, os.path.basename(path))
    pandas.DataFrame(table).to_csv(name + ".csv", index=False, header=[f"c{j}" for j in range(X.shape[1])] + ["y"])
    np.save(name + ".npy", table)
    return name


def read_tables(path):
    name = write_tables(path)
    if not name:
        return
    csv, npy = name + ".csv", name + ".npy"
    group(f"CSV {os.path.basename(path)}", os.path.getsize(csv),
          [("libermopt", 1, ours("csv", csv)),
           ("pandas C", 1, python(f"read_csv({csv!r}, engine='c')", lambda: pandas.read_csv(csv, engine="c"))),
           ("pandas C, correctly rounded", 1,
            python(f"read_csv({csv!r}, engine='c', float_precision='round_trip')",
                   lambda: pandas.read_csv(csv, engine="c", float_precision="round_trip")))])
    group(f"npy {os.path.basename(path)}", os.path.getsize(npy),
          [("libermopt", 1, ours("npy", npy)), ("read alone", 1, ours("plain", npy)), ("NumPy", 1, python(f"load({npy!r})", lambda: np.load(npy)))])
    os.unlink(csv)
    os.unlink(npy)


def predict(path):
    test = path + ".t" if os.path.exists(path + ".t") else path
    model, theirs, out = (os.path.join(folder, name) for name in ("model", "theirs", "out"))
    classes = len({line.split(maxsplit=1)[0] for line in open(path) if line.strip()})
    if classes > 100 or not shutil.which("liblinear-predict"):
        return
    subprocess.run([os.path.join(programs, "erm_train"), "--quiet", "--tol", "1e-2", "--max-seconds", "20", path, model], check=False, stderr=subprocess.DEVNULL)
    subprocess.run(["liblinear-train", "-q", "-s", "2", "-e", "0.1", path, theirs], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    ours_command = [os.path.join(programs, "erm_predict"), model, test, out]
    group(f"predict {os.path.basename(test)}", os.path.getsize(test),
          [("erm_predict", 2, command(ours_command)), ("erm_predict", 1, command(ours_command[:1] + ["--threads", "1"] + ours_command[1:])),
           ("erm_predict, not measured", 2, command(ours_command[:1] + ["--quiet"] + ours_command[1:])),
           ("liblinear-predict", 1, command(["liblinear-predict", test, theirs, out]))])


def main():
    for path in sys.argv[4:]:
        read_text(path)
        map_binary(path)
        if load_svmlight_file and pandas:
            read_tables(path)
        predict(path)


main()
