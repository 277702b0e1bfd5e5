"""Runs erm_train and liblinear-train in turns on a LIBSVM file: python3 end_to_end.py ERM_TRAIN FILE FOLDER REPEATS

Rows as bench_fit's: the seconds are from start to exit, the memory is the most that the program had. The weights of each model file are
written as raw doubles into FOLDER, for bench_judge. Called by end_to_end.sh.
"""
import array
import os
import shutil
import subprocess
import sys
import time

train, path, folder, repeats = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])


def rows_and_columns():
    rows = columns = 0
    with open(path) as lines:
        for line in lines:
            words = line.split()
            rows += bool(words)
            if len(words) > 1:
                columns = max(columns, int(words[-1].split(":")[0]))
    return rows, columns


def our_weights(lines, columns):
    """Lines "index value", rising, after the line "coefficients N"; of a model of two classes they speak for the second."""
    w, on = [0.0] * columns, False
    for line in lines:
        words = line.split()
        if on and len(words) == 2 and words[0].isdigit():
            w[int(words[0]) - 1] = float.fromhex(words[1])
        on = on or words[:1] == ["coefficients"]
    return w


def their_weights(lines, columns):
    """A number a line after "w", for the class that "label" names first."""
    w, sign = [], 1
    for line in lines:
        words = line.split()
        if words[:1] == ["label"]:
            sign = 1 if float(words[1]) > 0 else -1
        if words == ["w"]:
            w = [sign * float(number) for number in lines]
    return w


def run(command):
    """Seconds and most bytes; None where it fails."""
    begin = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return (time.perf_counter() - begin, usage.ru_maxrss * 1024) if child.returncode == 0 else None


def main():
    rows, columns = rows_and_columns()
    model = os.path.join(folder, "model")
    jobs = []  # program, threads, setting, command, reader
    for tol in ("1e-2", "1e-4", "1e-6", "1e-8"):
        for threads in (1, 2):
            command = [train, "--quiet", "--no-intercept", "--loss", "logistic", "--l2", repr(1 / rows), "--tol", tol, "--threads", str(threads), path, model]
            jobs.append(("libermopt auto: erm_train", threads, f"tol={tol}", command, our_weights))
    for solver, name in ((0, "liblinear-train TRON"), (7, "liblinear-train dual")) if shutil.which("liblinear-train") else ():
        for eps in ("0.1", "0.01", "1e-3", "1e-4", "1e-6"):
            command = ["liblinear-train", "-q", "-s", str(solver), "-c", "1", "-e", eps, path, model]
            jobs.append((name, 1, f"eps={eps}", command, their_weights))
    for repeat in range(repeats):
        for number, (program, threads, setting, command, weights) in enumerate(jobs):
            found = run(command)
            if found is None:
                sys.exit("failed: " + " ".join(command))
            answer = os.path.join(folder, f"answer{number}.bin")
            if repeat == 0:
                with open(model) as lines, open(answer, "wb") as out:
                    array.array("d", weights(lines, columns)).tofile(out)
            print(f"l2log:{path}:1", program, threads, setting, repeat, f"{found[0]:.6f}", "nan", found[1], answer, sep="\t", flush=True)


main()
