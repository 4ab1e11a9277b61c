"""A node with a plugin that judges, and what tests of it have in common."""

import json
import os
import pathlib
import re
import subprocess
import sys
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "grpc"))

from node import PATIENCE, Node, wait_for  # noqa: E402 (found by the line above)


class Judge:
    """The plugin of judge.py as a process, at a socket in `folder`."""

    def __init__(self, folder, modules, service="molva.v1.Plugin", name="judge"):
        self.folder = pathlib.Path(folder)
        self.socket = self.folder / f"{name}.sock"
        self.log = self.folder / f"{name}.log"
        self.log.touch()
        self.service = service
        self.modules = str(modules)
        self.name = name
        self.process = None
        self.environment = {}

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()

    def start(self):
        self.socket.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [sys.executable, "-B", str(HERE / "judge.py"), f"unix:{self.socket}", self.service,
             self.modules, str(self.log)], stdout=subprocess.PIPE, text=True,
            env={**os.environ, **self.environment})
        if self.process.stdout.readline() != "ready\n":
            raise RuntimeError("the plugin does not start")

    def kill(self):
        self.process.kill()
        self.process.wait(PATIENCE)
        self.process.stdout.close()

    def section(self, **settings):
        """Its part of the configuration; texts, numbers and truth values."""
        settings = {"address": f"unix://{self.socket}", "service": self.service, **settings}
        lines = [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
        return f"[plugin.remote_{self.name}]\n" + "\n".join(lines) + "\n"

    def heard(self, method):
        """What came in, in order."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        return [one for one in map(json.loads, lines) if one["method"] == method]

    def packets(self):
        """Which requests it was asked about."""
        return [next(key for key in one["msg"] if key != "extra")
                for one in self.heard("FireHose")]


def node_with(folder, *judges, **settings):
    """`judges`: pairs of a judge and the settings of its section, in order."""
    return Node(folder, config=config_with(*judges), **settings)


def config_with(*judges):
    config = f"[remote_plugins]\nnames = {json.dumps([judge.name for judge, _ in judges])}\n"
    return config + "".join(judge.section(**section) for judge, section in judges)


def metric(node, name, **labels):
    """The value of a series."""
    text = urllib.request.urlopen(node.http + "/metrics", timeout=PATIENCE).read().decode()
    for line in text.splitlines():
        found = re.fullmatch(rf"{name}(?:{{(.*)}})? (\S+)", line)
        if found and all(f'{key}="{value}"' in (found.group(1) or "")
                         for key, value in labels.items()):
            return float(found.group(2))
    raise AssertionError(f"there is no {name} {labels}")


def wait_until_up(node, name="judge"):
    wait_for(lambda: metric(node, "molva_remote_plugin_up", plugin=name) == 1, "it is back")
