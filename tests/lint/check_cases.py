"""Every numbered case of the protocol is played once, every rule names tests that are there."""

import collections
import pathlib
import re

from source_tree import ROOT, read

CASES = range(1, 178)
RULES = range(1, 107)
PLAYS = pathlib.Path("tests/scenario/conformance")
GUARDS = pathlib.Path("docs/protocol/guards.md")


def check_cases():
    places = collections.defaultdict(list)
    for path in sorted((ROOT / PLAYS).glob("*.scn")):
        for line, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if found := re.match(r"case (\d+): \S", text):
                places[int(found[1])].append(f"{PLAYS / path.name}:{line}")
            elif text.startswith("case "):
                yield f"{PLAYS / path.name}:{line}: write case NUMBER: TITLE"
    for number in CASES:
        if len(places[number]) != 1:
            yield f"case {number} is played {len(places[number])} times: {' '.join(places[number])}"
    for number in sorted(set(places) - set(CASES)):
        yield f"{places[number][0]}: there is no case {number}"


def check_guard(guard):
    if re.fullmatch(r"case (\d+)", guard):
        return None if int(guard.split()[1]) in CASES else "no such case"
    found = re.fullmatch(r'`([^`]+)`(?: "(.+)")?', guard)
    if not found:
        return "write case NUMBER, or a file in backticks and words that stand in it"
    if not (ROOT / found[1]).is_file():
        return "no such file"
    if found[2] and found[2] not in read(pathlib.Path(found[1])):
        return "these words do not stand there"
    return None


def check_rules():
    seen = []
    for line, text in enumerate(read(GUARDS).splitlines(), 1):
        found = re.match(r"\| (\d+) \w+ \| .* \| (.+) \|$", text)
        if not found:
            continue
        seen.append(int(found[1]))
        if found[2].startswith("none: "):
            continue
        for guard in found[2].split("; "):
            if problem := check_guard(guard):
                yield f"{GUARDS}:{line}: {guard}: {problem}"
    if seen != list(RULES):
        yield f"{GUARDS}: rules {RULES[0]} to {RULES[-1]} are wanted, each once and in order"


def check():
    return [*check_cases(), *check_rules()]
