"""What a contract test quotes from a header of the plugin kit stands there."""

import re

from source_tree import files, read

_QUOTE = re.compile(r'MOLVA_SAYS\(\s*"([^"]+)",((?:\s*"(?:[^"\\]|\\.)*")+)\s*\)')
_PART = re.compile(r'"((?:[^"\\]|\\.)*)"')


def _plain(text):
    """Without the marks of a comment, every gap one space."""
    return " ".join(re.sub(r"/\*|\*/|^\s*\*", " ", text, flags=re.MULTILINE).split())


def check():
    problems = []
    headers = {}
    for path in files():
        if not str(path).startswith("tests/contract/") or path.suffix != ".cc":
            continue
        for header, parts in _QUOTE.findall(read(path)):
            if header not in headers:
                headers[header] = _plain(read(f"plugins/sdk/include/molva/{header}"))
            quote = _plain("".join(_PART.findall(parts)))
            if quote not in headers[header]:
                problems.append(f"{path}: molva/{header} does not say: {quote}")
    return problems
