"""The programs of a measurement, as processes of ours: the server, the yardstick, the load."""

import json
import os
import pathlib
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("MOLVA_BIN", ROOT / "build/release/bin"))
PLUGINS = os.environ.get("MOLVA_PLUGINS", str(BIN.parent / "plugins"))
POSTGRES = ROOT / "tests/support/postgres/server"
PATIENCE = 60  # seconds


class Process:
    """A child that is ended by its id, whatever happens."""

    def __init__(self, arguments, **options):
        self.child = subprocess.Popen(arguments, **options)
        self.pid = self.child.pid

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        if self.child.poll() is None:
            self.child.terminate()
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()


class Postgres:
    """A PostgreSQL of its own, while it is held; `pid` is that of the process that has the others."""

    def __init__(self, folder):
        told = folder / "dsn"
        self.keeper = subprocess.Popen([str(POSTGRES), "hold", str(told)], stdin=subprocess.PIPE,
                                       stdout=subprocess.DEVNULL)
        end = time.monotonic() + PATIENCE
        while not told.exists():
            if time.monotonic() > end or self.keeper.poll() is not None:
                raise RuntimeError("PostgreSQL does not start")
            time.sleep(0.05)
        self.dsn = told.read_text(encoding="utf-8").strip()
        home = pathlib.Path(self.dsn.split()[0].removeprefix("host="))
        self.pid = int((home / "data/postmaster.pid").read_text(encoding="utf-8").split()[0])

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.keeper.stdin.close()
        self.keeper.wait(PATIENCE)


class Node(Process):
    """A molvad with a new data directory; `start_ms` is the time from exec to listening.

    `config`: TOML for what has no setting of its own.
    """

    def __init__(self, folder, config="", **settings):
        self.log = folder / "molvad.log"
        arguments = [str(BIN / "molvad"), "serve", "--data", str(folder / "data")]
        arguments += ["--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0"]
        chosen = {
            "node.plugins": PLUGINS,
            "log.format": "json",
            "limits.subscribers": "2000",
            "limits.requests_per_second": "0",
            "limits.user_messages": "0",
            "limits.user_notes": "0",
            "limits.topic_messages": "0",
        }
        chosen.update(settings)
        for name, value in chosen.items():
            arguments += ["--set", f"{name}={value}"]
        if config:
            (folder / "molva.toml").write_text(config, encoding="utf-8")
            arguments += ["--config", str(folder / "molva.toml")]
        started = time.monotonic()
        with open(self.log, "w", encoding="utf-8") as log:
            super().__init__(arguments, stderr=log, stdin=subprocess.DEVNULL)
        started_line = self._wait_for_start(started)
        self.port = int(started_line["http_port"])
        self.grpc_port = int(started_line["grpc_port"])
        self.start_ms = (time.monotonic() - started) * 1000

    def _wait_for_start(self, started):
        while time.monotonic() < started + PATIENCE and self.child.poll() is None:
            for line in self.log.read_text(encoding="utf-8").splitlines():
                if '"http_port"' in line:
                    return json.loads(line)
            time.sleep(0.001)
        self.__exit__()
        raise RuntimeError(f"molvad does not start: {self.log.read_text(encoding='utf-8')}")


class Yardstick(Process):
    def __init__(self, frame_bytes):
        command = [str(BIN / "molva-yardstick"), "--frame-bytes", str(frame_bytes)]
        super().__init__(command, stdout=subprocess.PIPE, text=True)
        self.port = int(self.child.stdout.readline())


class Load(Process):
    """A molva-load that stays connected between measurements."""

    def __init__(self, workload, server, size=None, option=None, database=None):
        command = [str(BIN / "molva-load"), workload]
        command += ["--port", str(server.grpc_port if workload.startswith("grpc") else server.port), "--pid", str(server.pid)]
        if size is not None:
            command += ["--size", str(size)]
        if database is not None:
            command += ["--database", str(database.pid)]
        if option is not None:
            command.append(option)
        super().__init__(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.prepared = self._answer()

    def measure(self, in_flight, seconds):
        self.child.stdin.write(f"measure {in_flight} {seconds}\n")
        self.child.stdin.flush()
        return self._answer()

    def _answer(self):
        line = self.child.stdout.readline()
        if not line:
            raise RuntimeError(self.child.stderr.read().strip())
        return json.loads(line)
