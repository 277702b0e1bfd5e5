"""Is approximate leave-one-out within 2 % of exact leave-one-out on real data? python3 alo.py ERM_PATH SHIPPED_DATA

The shipped data always, and what is in the folder $ERMOPT_DATA. Both are computed along a path of lambdas by erm_path; exact leave-one-out fits every lambda once without
each row. Exit status: 0 or 1.
"""
import os
import subprocess
import sys
import tempfile

WITHIN, FLUX = 0.02, 0.05  # FLUX: L1 on features that are all but dependent, where single rows decide which are used
PENALTIES = (("ridge", "0"), ("elastic net", "0.5"), ("lasso", "1"))
CASES = [  # file, loss, smallest lambda / largest, penalties
    ("", "logistic", 3e-2, PENALTIES),  # below, L1 all but separates these classes: up to 10 % apart
    ("", "squared", 1e-3, PENALTIES),
    ("small/heart_scale", "logistic", 1e-2, PENALTIES),
    ("small/german.numer_scale", "logistic", 1e-2, PENALTIES),
    ("small/vowel", "cross-entropy", 1e-1, PENALTIES[:1]),
    ("small/cpusmall", "squared", 1e-3, PENALTIES),
]


def table_of(path):
    with open(path) as file:
        names = file.readline().strip().split(",")
        return [dict(zip(names, map(float, line.split(",")))) for line in file]


def worst_of(program, folder, path, loss, share, ratio):
    """The largest relative difference, and its lambda's row"""
    count, rows = 8, sum(1 for _ in open(path))
    command = [program, "--quiet", "--standardise", "--loss", loss, "--l1-ratio", share, "--count", str(count), "--ratio", repr(ratio if share != "0" else ratio / 100),
               "--leave-one-out", "--alo", "--tol", "1e-9", "--csv", f"{folder}/alo.csv", path]
    if rows > 1500:  # n fits of each lambda
        with open(path) as whole, open(f"{folder}/part", "w") as part:
            part.writelines(line for i, line in enumerate(whole) if i % (rows // 700) == 0)
        command[-1] = f"{folder}/part"
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode not in (0, 4):
        raise RuntimeError(run.stderr)
    return max(((abs(row["alo"] / row["held_out"] - 1), row) for row in table_of(f"{folder}/alo.csv")), key=lambda pair: pair[0])


def main(program, shipped):
    failed, root = 0, os.environ.get("ERMOPT_DATA", "")
    with tempfile.TemporaryDirectory() as folder:
        for file, loss, ratio, penalties in CASES:
            path = os.path.join(root, file) if file else shipped
            if file and not os.path.isfile(path):
                print(f"       {file} is not there: set ERMOPT_DATA")
                continue
            for name, share in penalties:
                apart, row = worst_of(program, folder, path, loss, share, ratio)
                wrong = not apart <= (FLUX if share != "0" and not file else WITHIN)
                failed += wrong
                print(f"{'FAILED' if wrong else 'ok    '} {os.path.basename(path):20s} {loss:14s} {name:12s} at most {apart:.2%} apart, "
                      f"at lambda {row['lambda']:.3g}: {row['alo']:.6g}, exact {row['held_out']:.6g}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
