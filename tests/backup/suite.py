"""Runs the tests: suite.py [WORD…]. Last line: N passed, N failed."""

import pathlib
import sys
import tempfile
import traceback

import world  # first: it says where the modules of tests/grpc are
import backup_test
import copy_test
import migrate_test
import refusal_test
import schema_test
import schemas


def main():
    results = []
    with tempfile.TemporaryDirectory(prefix="molva_backup_") as generated:
        known = schemas.load(pathlib.Path(generated))
        for test in (schema_test.TESTS + migrate_test.TESTS + copy_test.TESTS + backup_test.TESTS
                     + refusal_test.TESTS):
            if not all(word in test.__name__ for word in sys.argv[1:]):
                continue
            try:
                with tempfile.TemporaryDirectory(prefix="molva_backup_") as folder:
                    test(world.World(pathlib.Path(folder), known))
                results.append(True)
                print(f"ok    {test.__name__}", flush=True)
            except Exception:  # a test that fails is told, and the others run
                results.append(False)
                print(f"FAIL  {test.__name__}\n{traceback.format_exc()}", flush=True)
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    sys.exit(0 if results and all(results) else 1)


if __name__ == "__main__":
    main()
