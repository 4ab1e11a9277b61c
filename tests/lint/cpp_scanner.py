"""Finds functions and their lengths in C++, well enough for code in our style."""

import re

_RAW_STRING = re.compile(r'R"([^()\s\\]{0,16})\((.*?)\)\1"', re.DOTALL)
_TOKENS = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.DOTALL)
_SCOPE = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b")


def blank(text):
    """`text` with comments, strings and preprocessor lines blanked, line ends kept."""
    def spaces(match):
        return re.sub(r"[^\n]", " ", match.group(0))
    text = re.sub(r"(?<=\d)'(?=\d)", " ", text)  # digit separators
    text = _RAW_STRING.sub(spaces, text)
    text = _TOKENS.sub(spaces, text)
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", spaces, text, flags=re.MULTILINE)


def _outside_parentheses(head):
    depth, kept = 0, []
    for c in head:
        if c == "(":
            depth += 1
            kept.append("()")
        elif c == ")":
            depth -= 1
        elif depth == 0:
            kept.append(c)
    return "".join(kept)


def _kind(head):
    """What a brace after `head` opens: a scope, a function or data."""
    flat = _outside_parentheses(head)
    if "()" in flat and ("operator" in flat or "=" not in flat):
        return "function"
    if _SCOPE.search(flat) and "=" not in flat:
        return "scope"
    return "data"


def functions(text):
    """(first line, number of lines, head) of each function body in `text`."""
    text = blank(text)
    found, stack = [], []
    head_start = 0
    for at, c in enumerate(text):
        if c == "{":
            inside = any(kind == "function" for kind, _ in stack)
            head = text[head_start:at]
            kind = "block" if inside else _kind(head)
            start = head_start + len(head) - len(head.lstrip())
            stack.append((kind, start))
        elif c == "}" and stack:
            kind, start = stack.pop()
            if kind == "function":
                lines = text.count("\n", start, at) + 1
                found.append((text.count("\n", 0, start) + 1, lines,
                              " ".join(text[start:at].split("{")[0].split())[:80]))
        # A brace initialiser in a constructor's list does not end the head of the constructor,
        # but the head may as well start behind it: the body is measured all the same.
        if c in ";{}":
            head_start = at + 1
    return found
