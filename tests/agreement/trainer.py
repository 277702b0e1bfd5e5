"""Runs erm_train as its users do, and reads its report and its model."""
import json
import os
import subprocess

import numpy as np


def train(program, folder, case, data_path, tol, extra=()):
    """(exit status, report, W, b). W is d x k."""
    model = os.path.join(folder, "model.txt")
    command = [program, "--json", "--loss", case.loss, "--tol", repr(tol), "--l2", repr(case.l2), *extra]
    if case.l1 > 0:
        command += ["--l1", repr(case.l1)]
    if case.param > 0:
        command += ["--param", repr(case.param)]
    if not case.intercept:
        command += ["--no-intercept"]
    if getattr(case, "standardise", False):
        command += ["--standardise"]
    if getattr(case, "balanced", False):
        command += ["--class-weight", "balanced"]
    run = subprocess.run(command + [data_path, model], capture_output=True, text=True)
    if run.returncode not in (0, 4):
        return run.returncode, {"detail": run.stderr.strip()}, None, None
    return run.returncode, json.loads(run.stdout), *read_model(model)


def read_model(path):
    head, W, b = {}, None, None
    with open(path) as lines:
        for line in lines:
            word, *rest = line.split()
            if W is not None and word.isdigit():
                W[int(word) - 1] = [float.fromhex(value) for value in rest]
            elif word == "coefficients":
                W = np.zeros((int(head["d"]), int(head["k"])))
            elif word == "bias":
                b = np.array([float.fromhex(value) for value in rest])
            else:
                head[word] = rest[0] if rest else ""
    return W, b if b is not None else np.zeros(W.shape[1])
