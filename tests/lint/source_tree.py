"""The files of the repository, as the checks of this folder see them."""

import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
CODE_SUFFIXES = {".h", ".hpp", ".cc"}
_INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def files():
    """Paths, relative to the root, of what is tracked or will be (not ignored)."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True).stdout
    paths = sorted({pathlib.PurePosixPath(name) for name in listed.split("\0") if name})
    return [path for path in paths if (ROOT / path).is_file()]


def code_files():
    """C++ and C sources and headers of ours."""
    return [path for path in files() if path.suffix in CODE_SUFFIXES]


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def includes(path):
    """(line, quote, name) of every include of a source; the quote is < or a quotation mark."""
    text = read(path)
    return [(text.count("\n", 0, match.start(1)) + 1, match.group(1), match.group(2))
            for match in _INCLUDE.finditer(text)]
