"""Runs the tests: suite.py [--mib=N] [WORD…]. Last line: N passed, N failed."""

import pathlib
import sys
import tempfile
import traceback

import bot_test
import chat_test
import files_test
import numbers_test
import schemas
from node import Node


def folder():
    return tempfile.TemporaryDirectory(prefix="molva_grpc_")


def main():
    mib = next((int(one[6:]) for one in sys.argv[1:] if one.startswith("--mib=")), 256)
    words = [one for one in sys.argv[1:] if not one.startswith("--")]
    results = []

    def run(test, *arguments):
        if not all(word in test.__name__ for word in words):
            return
        try:
            test(*arguments)
            results.append(True)
            print(f"ok    {test.__name__}", flush=True)
        except Exception:  # a test that fails is told, and the others run
            results.append(False)
            print(f"FAIL  {test.__name__}\n{traceback.format_exc()}", flush=True)

    with folder() as generated:
        known = schemas.load(pathlib.Path(generated))
        with folder() as place, Node(place, **{"media.max_size": "2 MiB"}) as node:
            for test in (numbers_test.TESTS + chat_test.TESTS + bot_test.TESTS
                         + files_test.TESTS):
                run(test, node, known)
        for test in files_test.OWN_NODE_TESTS:
            with folder() as place:
                run(test, place, known)
        with folder() as place:
            run(files_test.test_a_long_file, place, known, mib)
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    sys.exit(0 if results and all(results) else 1)


if __name__ == "__main__":
    main()
