"""Our shell scripts are well-formed, executable and stop at errors."""

import os
import subprocess

from source_tree import ROOT, files, read


def check():
    problems = []
    for path in files():
        try:
            text = read(path)
        except UnicodeDecodeError:
            continue
        if not text.startswith("#!/usr/bin/env bash"):
            continue
        if not os.access(ROOT / path, os.X_OK):
            problems.append(f"{path}: is not executable")
        if "set -euo pipefail" not in text:
            problems.append(f"{path}: lacks set -euo pipefail")
        run = subprocess.run(["bash", "-n", str(ROOT / path)], capture_output=True, text=True,
                             check=False)
        if run.returncode != 0:
            problems.append(f"{path}: {run.stderr.strip().splitlines()[0]}")
    return problems
