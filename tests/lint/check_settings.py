"""Every setting is documented, stands in molva.toml, and is read by the program."""

import re

from source_tree import files, read

_ROW = re.compile(r'\.name = "([a-z0-9_.]+)"')


def check():
    settings = [name for path in files()
                if str(path).startswith("server/config/") and path.stem.endswith("_settings")
                for name in _ROW.findall(read(path))]
    manual = read("docs/operations.md")
    template = read("deploy/molva.toml")
    app = "".join(read(path) for path in files()
                  if str(path).startswith("server/app/") and path.suffix == ".cc")
    problems = []
    for name in settings:
        table, _, key = name.rpartition(".")
        if f"`{name}`" not in manual:
            problems.append(f"docs/operations.md: does not describe {name}")
        if f"[{table}]" not in template or f"#{key} = " not in template:
            problems.append(f"deploy/molva.toml: lacks {name}")
        if f'"{name}"' not in app:
            problems.append(f"server/config: {name} is read nowhere in server/app")
    return problems
