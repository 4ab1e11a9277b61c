"""The example of docs/plugins/remote.md, as it stands there."""

import json
import os
import re
import subprocess
import sys

from fire_hose_test import start_group
from world import PATIENCE, Node
from node import ROOT, same, wait_for
from session import Session

GUIDE = ROOT / "docs/plugins/remote.md"


def block(language):
    return re.search(rf"^```{language}\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"),
                     re.MULTILINE | re.DOTALL).group(1)


def test_the_word_filter_of_the_guide(place, modules, schemas):
    """Its commands, its program, its settings."""
    (place / "proto").symlink_to(ROOT / "proto")
    subprocess.run(["sh", "-ec", block("sh")], cwd=place, check=True, timeout=PATIENCE)
    (place / "filter.py").write_text(block("python"), encoding="utf-8")
    socket, output = place / "filter.sock", place / "output"
    config = block("toml").replace("/run/molva/filter.sock", str(socket))
    with open(output, "w", encoding="utf-8") as out, subprocess.Popen(
            [sys.executable, "filter.py", f"unix:{socket}"], cwd=place, stdout=out,
            env={**os.environ, "PYTHONPATH": str(place)}) as plugin:
        try:
            wait_for(socket.exists, "the plugin starts")
            with Node(place, config=config) as node, Session(node, *schemas.molva) as ann:
                group = start_group(ann, "ann")
                same(ann.ask("pub", topic=group, content=b'"hello"').code, 202)
                refused = ann.ask("pub", topic=group, content=json.dumps("my casino").encode())
                same((refused.code, refused.text, refused.topic),
                     (422, "no advertisements, please", group))
                wait_for(lambda: output.read_text() == f"{group} 1\n", "it has heard of the message")
        finally:
            plugin.kill()


TESTS = [test_the_word_filter_of_the_guide]
