"""clang-format agrees with every source."""

import shutil
import subprocess

from source_tree import ROOT, code_files


def check():
    tool = shutil.which("clang-format-19")
    if tool is None:
        return ["clang-format-19 is not installed (deploy/packages.txt lists it)"]
    paths = [str(path) for path in code_files()]
    if not paths:
        return []
    run = subprocess.run([tool, "--dry-run", "--Werror", *paths], cwd=ROOT, capture_output=True,
                         text=True, check=False)
    wrong = sorted({line.split(":")[0] for line in run.stderr.splitlines() if "error:" in line})
    return [f"{path}: run clang-format-19 -i" for path in wrong]
