"""Every header compiles alone. Results are kept by the contents of all that a header includes.

The third-party and standard headers of cmake/pch.h are compiled once for all; that nobody leans on
them is seen in the text instead: a header, or one of ours that it includes, names what it uses of std.
"""

import concurrent.futures
import hashlib
import os
import re
import subprocess

from source_tree import ROOT, code_files, includes, read

BUILD = os.environ.get("MOLVA_BUILD", str(ROOT / "build" / "release"))
CACHE = ROOT / "build" / "lint-cache"
FOLDERS = ["server", "plugins/sdk/include", "plugins", "."]
FLAGS = ["-std=c++20", "-fsyntax-only", "-Wall", "-Wno-pragma-once-outside-header"]


# What of std comes from which header, where a name tells.
STANDARD = {
    "array": "array", "atomic": "atomic", "deque": "deque", "function": "functional", "map": "map",
    "optional": "optional", "pair": "utility", "set": "set", "shared_ptr": "memory",
    "string": "string", "string_view": "string_view", "thread": "thread",
    "unique_ptr": "memory", "variant": "variant", "vector": "vector", "weak_ptr": "memory",
}
# These bring others with them, by their own standard text or by long custom.
BRINGS = {"string": {"string_view"}, "map": {"utility"}, "functional": {"utility"},
          "vector": set(), "memory": {"utility"}, "variant": {"utility"}}
NAME = re.compile(r"\bstd::(\w+)")
COMMENT = re.compile(r"//[^\n]*")


def missing_standard(path, paths):
    named = {name for one in paths for _, _, name in includes(one)}
    named |= {more for name in named for more in BRINGS.get(name, ())}
    used = set(NAME.findall(COMMENT.sub("", read(path))))
    wanted = sorted({STANDARD[name] for name in used if name in STANDARD} - named)
    return f"{path}: includes no <{wanted[0]}>" if wanted else None


def build_common():
    """The precompiled header, made anew when its text changes."""
    text = read((ROOT / "cmake" / "pch.h").relative_to(ROOT)).replace("#pragma once", "")
    stem = CACHE / f"common-{hashlib.sha256(text.encode()).hexdigest()[:16]}.h"
    if not stem.with_name(stem.name + ".gch").exists():
        stem.write_text(text)
        flags = [flag for flag in FLAGS if flag != "-fsyntax-only"]
        subprocess.run(["g++", *flags, "-x", "c++-header", str(stem), "-o", f"{stem}.gch"],
                       check=True)
    return stem


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


def compile_one(path, common):
    paths = closure(path)
    if problem := missing_standard(path, paths):
        return problem
    if needs_generated(paths) and not os.path.isdir(f"{BUILD}/proto/generated/molva"):
        return f"{path}: needs generated code; build first (looked in {BUILD})"
    digest = hashlib.sha256(" ".join(FLAGS).encode())
    for one in paths:
        digest.update(str(one).encode() + b"\0" + read(one).encode() + b"\0")
    mark = CACHE / digest.hexdigest()
    if mark.exists():
        return None
    run = subprocess.run(["g++", *flags_for(path), "-include", str(common), "-x", "c++",
                          str(ROOT / path)],
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
        common = build_common()
        found = pool.map(lambda path: compile_one(path, common), headers)
        return [problem for problem in found if problem]
