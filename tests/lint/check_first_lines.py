"""The first line of a header says what the file is for."""

from source_tree import code_files, read


def check():
    problems = []
    for path in code_files():
        if path.suffix not in (".h", ".hpp"):
            continue
        text = read(path)
        first = text.split("\n", 1)[0]
        if not first.startswith(("// ", "/* ")) or len(first) < 15:
            problems.append(f"{path}:1: does not say what the file is for")
        if "#pragma once" not in text:
            problems.append(f"{path}: lacks #pragma once")
    return problems
