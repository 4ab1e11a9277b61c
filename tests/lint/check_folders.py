"""Every folder at the top and in server/ has one row in the folder table of docs/architecture.md."""

import re

from source_tree import ROOT, files, read

PAGE = "docs/architecture.md"
_ROW = re.compile(r"^\|\s*`([^`]+?)/?`\s*\|", re.MULTILINE)


def check():
    if not (ROOT / PAGE).exists():
        return [f"{PAGE} is missing"]
    rows = _ROW.findall(read(PAGE))
    folders = set()
    for path in files():
        if len(path.parts) > 1:
            folders.add(path.parts[0])
        if len(path.parts) > 2 and path.parts[0] == "server":
            folders.add("/".join(path.parts[:2]))
    problems = [f"{PAGE}: no row for {folder}/" for folder in sorted(folders - set(rows))]
    problems += [f"{PAGE}: {row}/ is no folder" for row in sorted(set(rows))
                 if not (ROOT / row).is_dir()]
    problems += [f"{PAGE}: {row}/ has two rows" for row in sorted({r for r in rows
                                                                  if rows.count(r) > 1})]
    return problems
