"""A molvad of our own, and what tests of it have in common."""

import json
import os
import pathlib
import re
import signal
import sqlite3
import subprocess
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("MOLVA_BIN", ROOT / "build/release/bin"))
PLUGINS = os.environ.get("MOLVA_PLUGINS", str(BIN.parent / "plugins"))
PATIENCE = 60  # seconds; for a sanitizer build on a busy machine


class Node:
    """Ended by its id. `config`: text of its configuration file."""

    def __init__(self, folder, config="", **settings):
        self.folder = pathlib.Path(folder)
        arguments = [str(BIN / "molvad"), "serve", "--data", str(self.folder / "data"),
                     "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0"]
        if config:
            path = self.folder / "molva.toml"
            path.write_text(config, encoding="utf-8")
            arguments += ["--config", str(path)]
        settings = {"node.plugins": PLUGINS, "log.format": "json", **settings}
        for name, value in settings.items():
            arguments += ["--set", f"{name}={value}"]
        self.log = self.folder / "molvad.log"
        with open(self.log, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(arguments, stderr=log, stdin=subprocess.DEVNULL)
        started = self._wait_for_start()
        self.grpc = f"127.0.0.1:{started['grpc_port']}"
        self.http = f"http://127.0.0.1:{started['http_port']}"

    def _wait_for_start(self):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.process.poll() is None:
            for line in self.log.read_text().splitlines():
                if '"grpc_port"' in line:
                    return json.loads(line)
            time.sleep(0.05)
        raise RuntimeError(f"molvad does not start: {self.log.read_text()}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE)

    def admin(self, *words):
        subprocess.run([str(BIN / "molva"), "admin", "--data", str(self.folder / "data"), *words],
                       check=True, capture_output=True, timeout=PATIENCE)

    def peak_kib(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status).group(1))

    def kept(self):
        """The files on disk, whole or not."""
        return [path for path in (self.folder / "data/files").rglob("*") if path.is_file()]

    def records(self):
        with sqlite3.connect(f"file:{self.folder}/data/molva.db?mode=ro", uri=True) as database:
            return database.execute("SELECT count(*) FROM file").fetchone()[0]

    def transfers(self):
        text = urllib.request.urlopen(self.http + "/metrics", timeout=PATIENCE).read().decode()
        return int(float(re.search(r"^molva_file_transfers (\S+)$", text, re.MULTILINE).group(1)))


def same(got, wanted):
    if got != wanted:
        raise AssertionError(f"{got!r} is not {wanted!r}")


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def wait_for(condition, what):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        expect(time.monotonic() < deadline, f"waited in vain: {what}")
        time.sleep(0.05)
