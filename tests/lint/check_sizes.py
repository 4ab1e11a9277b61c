"""Lengths of files and functions: past these, a reader has to scroll; split by concern."""

from cpp_scanner import functions
from source_tree import code_files, read

MAX_FILE_LINES = 400
MAX_TEST_FILE_LINES = 1000
MAX_FUNCTION_LINES = 60
MAX_TEST_FUNCTION_LINES = 100


def check():
    problems = []
    for path in code_files():
        text = read(path)
        is_test = path.parts[0] == "tests"
        lines = text.count("\n")
        if lines > (MAX_TEST_FILE_LINES if is_test else MAX_FILE_LINES):
            problems.append(f"{path}: {lines} lines")
        most = MAX_TEST_FUNCTION_LINES if is_test else MAX_FUNCTION_LINES
        for line, length, head in functions(text):
            if length > most:
                problems.append(f"{path}:{line}: a function of {length} lines: {head}")
    return problems
