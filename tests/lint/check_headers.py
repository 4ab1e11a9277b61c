"""Every header compiles alone. Results are kept by the contents of all that a header includes."""

import concurrent.futures
import hashlib
import os
import subprocess

from source_tree import ROOT, code_files, includes, read

BUILD = os.environ.get("MOLVA_BUILD", str(ROOT / "build" / "release"))
CACHE = ROOT / "build" / "lint-cache"
FOLDERS = ["server", "plugins/sdk/include", "."]
FLAGS = ["-std=c++20", "-fsyntax-only", "-Wall", "-Wno-pragma-once-outside-header"]


def flags_for(path):
    own = ["/".join(path.parts[:2])] if path.parts[0] == "plugins" else []
    found = [f"-I{ROOT / folder}" for folder in FOLDERS + own]
    return FLAGS + found + [f"-isystem{BUILD}/proto/generated"]


def resolve(path, name):
    for folder in [str(path.parent), *FOLDERS, "/".join(path.parts[:2])]:
        candidate = (ROOT / folder / name).resolve()
        if candidate.is_file() and candidate.is_relative_to(ROOT):
            return candidate.relative_to(ROOT)
    return None


def closure(path):
    """The header and all of ours that it includes, directly or not."""
    seen, todo = set(), [path]
    while todo:
        one = todo.pop()
        if one in seen:
            continue
        seen.add(one)
        todo += [found for _, _, name in includes(one) if (found := resolve(one, name))]
    return sorted(seen)


def needs_generated(paths):
    return any(name.endswith(".pb.h") for path in paths for _, _, name in includes(path))


def compile_one(path):
    paths = closure(path)
    if needs_generated(paths) and not os.path.isdir(f"{BUILD}/proto/generated/molva"):
        return f"{path}: needs generated code; build first (looked in {BUILD})"
    digest = hashlib.sha256(" ".join(FLAGS).encode())
    for one in paths:
        digest.update(str(one).encode() + b"\0" + read(one).encode() + b"\0")
    mark = CACHE / digest.hexdigest()
    if mark.exists():
        return None
    run = subprocess.run(["g++", *flags_for(path), "-x", "c++", str(ROOT / path)],
                         capture_output=True, text=True, check=False)
    if run.returncode == 0:
        mark.touch()
        return None
    first = next((line for line in run.stderr.splitlines() if "error" in line), "does not compile")
    return f"{path}: not self-contained: {first.strip()}"


def check():
    CACHE.mkdir(parents=True, exist_ok=True)
    headers = [path for path in code_files() if path.suffix in (".h", ".hpp")]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return [problem for problem in pool.map(compile_one, headers) if problem]
