"""Runs the tests: suite.py [WORD…]. Last line: N passed, N failed."""

import pathlib
import sys
import tempfile
import traceback

import world  # finds what tests/grpc has for us
import schemas
import event_test
import failure_test
import fire_hose_test
import guide_test
import inside_test
import mirror_test

MODULES = (fire_hose_test, failure_test, event_test, guide_test, inside_test,
           mirror_test)


def folder():
    return tempfile.TemporaryDirectory(prefix="molva_plugin_")


def main():
    words = sys.argv[1:]
    results = []

    def run(test, modules, known):
        if not all(word in test.__name__ for word in words):
            return
        with folder() as place:
            try:
                test(pathlib.Path(place), modules, known)
                results.append(True)
                print(f"ok    {test.__name__}", flush=True)
            except Exception:  # a test that fails is told, and the others run
                results.append(False)
                print(f"FAIL  {test.__name__}\n{traceback.format_exc()}", flush=True)

    with folder() as generated:
        known = schemas.load(pathlib.Path(generated))
        for module in MODULES:
            for test in module.TESTS:
                run(test, generated, known)
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    sys.exit(0 if results and all(results) else 1)


if __name__ == "__main__":
    main()
