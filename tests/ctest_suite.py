"""Runs the CTest programs of one suite and counts their test cases: ctest_suite.py SUITE.

Last line: N passed, N failed. A program without a Catch2 summary counts as one case.
"""

import concurrent.futures
import json
import os
import re
import subprocess
import sys
import time

MOST_SECONDS = 600  # one program
# "All tests passed (15 assertions in 9 test cases)"
_ALL_GOOD = re.compile(r"All tests passed \(\d+ assertions? in (\d+) test cases?\)")
# "test cases:  25 |  22 passed | 3 failed"
_SOME_BAD = re.compile(r"^test cases:\s+(\d+) \|(?:\s+(\d+) passed \|)?\s+(\d+) failed", re.MULTILINE)


def programs(build, suite):
    """(name, command, folder) of each registered program."""
    listed = subprocess.run(["ctest", "--show-only=json-v1", "-R", f"^{suite}(_|$)"], cwd=build,
                            check=True, capture_output=True, text=True).stdout
    found = []
    for test in json.loads(listed)["tests"]:
        folder = next((item["value"] for item in test.get("properties", ())
                       if item["name"] == "WORKING_DIRECTORY"), build)
        if "command" in test:
            found.append((test["name"], test["command"], folder))
    return found


def count(output, code):
    """(passed, failed) cases of a program."""
    if match := _ALL_GOOD.search(output):
        good = int(match.group(1))
        return (good, 0) if code == 0 else (good, 1)
    if match := _SOME_BAD.search(output):
        return int(match.group(2) or 0), int(match.group(3))
    return (1, 0) if code == 0 and "No tests ran" not in output else (0, 1)


def run(program):
    name, command, folder = program
    started = time.monotonic()
    try:
        done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=MOST_SECONDS, check=False)
        output, code = done.stdout.decode(errors="replace"), done.returncode
    except (subprocess.TimeoutExpired, OSError) as error:
        output, code = str(error), -1
    good, bad = count(output, code)
    print(f"{'FAIL' if bad else 'ok':4}  {name}: {good} passed, {bad} failed"
          f"  ({time.monotonic() - started:.1f} s)", flush=True)
    if bad:
        print(output[-8000:], flush=True)
    return good, bad


def main():
    build, suite = os.environ["MOLVA_BUILD"], sys.argv[1]
    found = programs(build, suite)
    if not found:
        print(f"no program belongs to {suite}")
        print("0 passed, 1 failed")
        return 1
    with concurrent.futures.ThreadPoolExecutor(max(2, os.cpu_count() or 1)) as pool:
        results = list(pool.map(run, found))
    good, bad = sum(r[0] for r in results), sum(r[1] for r in results)
    print(f"{good} passed, {bad} failed")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
