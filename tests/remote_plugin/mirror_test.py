"""The protocol, with a plugin in between that replaces each request by itself."""

import os
import subprocess

from world import Judge, config_with
from node import ROOT, expect

SECONDS = 600  # for a sanitizer build on a busy machine
EVERYTHING = {"fire_hose": "", "find": True, "account": "", "topic": "", "subscription": "",
              "message": "", "failure_code": 500, "timeout_ms": 60000}


def test_the_protocol_does_not_notice(place, modules, schemas):
    """Scenarios of each kind of request: what comes back is what was shown, nothing is lost or late."""
    mirror = Judge(place, modules, name="mirror")
    mirror.environment = {"JUDGE_MIRRORS": "1"}
    with mirror:
        done = subprocess.run(
            [ROOT / "tests/scenario/run", "ws", "b1_", "b2_", "b3_", "b5_", "b8_", "find"],
            env={**os.environ, "MOLVA_TEST_CONFIG": config_with((mirror, EVERYTHING))},
            capture_output=True, text=True, timeout=SECONDS, check=False)
        expect(done.returncode == 0, done.stdout + done.stderr)
        expect(done.stdout.splitlines()[-1].endswith(" passed, 0 failed"), done.stdout)
        kinds = set(mirror.packets())
        expect({"hi", "login", "acc", "sub", "leave", "pub", "get", "set", "del",
                "note"} <= kinds, kinds)


TESTS = [test_the_protocol_does_not_notice]
