"""Runs the tests: suite.py [WORD…]. Last line: N passed, N failed."""

import json
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "grpc"))

from node import BIN, PATIENCE, PLUGINS, Node, expect, wait_for  # noqa: E402 (found by the line above)

NAUGHTY = BIN.parent / "test_plugins/discovery_naughty.so"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def server(place, domain, section, plugin="file", **settings):
    """A node that knows other servers only by one plugin."""
    folder = place / f"{domain}_{time.monotonic_ns()}"
    folder.mkdir()
    address = f"127.0.0.1:{free_port()}"
    lines = [f"{key} = {json.dumps(value)}" for key, value in section.items()]
    config = f"[plugin.discovery_{plugin}]\n" + "\n".join(lines) + "\n"
    node = Node(folder, config=config, **{
        "federation.domain": domain, "federation.listen": address,
        "federation.advertise": address, "federation.resolver": "off",
        "federation.allow_private_addresses": "true", "federation.sources": plugin, **settings})
    node.federation = address
    return node


def pings(node, domain):
    """One ping; who is not called on yet is, but is not waited for."""
    done = subprocess.run(
        [str(BIN / "molva"), "admin", "--data", str(node.folder / "data"), "fed", "ping", domain],
        capture_output=True, text=True, timeout=PATIENCE, check=False)
    return done.returncode == 0


def never_reaches(node, domain):
    """In a while in which a server that can be reached is."""
    until = time.monotonic() + 2
    while time.monotonic() < until:
        if pings(node, domain):
            return False
        time.sleep(0.2)
    return True


def has_found(node, domain):
    return any(line.get("msg") == "a server was found" and line.get("domain") == domain
               for line in map(json.loads, node.log.read_text().splitlines()))


def servers_in(path):
    return json.loads(path.read_text(encoding="utf-8"))["servers"] if path.exists() else {}


def write(path, servers):
    fresh = path.with_suffix(".fresh")
    fresh.write_text(json.dumps({"servers": servers}), encoding="utf-8")
    fresh.rename(path)


def test_two_nodes_find_each_other_by_the_file_of_their_group(place):
    """Nothing else says where the other one is, or what its key is."""
    path = place / "servers.json"
    section = {"file": str(path), "announce": True, "vouches": True}
    with server(place, "a.test", section) as one, server(place, "b.test", section) as other:
        wait_for(lambda: set(servers_in(path)) == {"a.test", "b.test"}, "both have announced")
        wait_for(lambda: pings(one, "b.test"), "a reaches b")
        wait_for(lambda: pings(other, "a.test"), "b reaches a")
        expect(never_reaches(one, "c.test"), "nobody knows c")


def test_who_vouches_for_nothing_introduces_nobody(place):
    """The default: a right document alone makes no stranger known."""
    path = place / "servers.json"
    with server(place, "b.test", {"file": str(path), "announce": True}):
        wait_for(lambda: "b.test" in servers_in(path), "b has announced")
        with server(place, "a.test", {"file": str(path)}) as one:
            expect(never_reaches(one, "b.test") and not has_found(one, "b.test"),
                   "nothing vouches for b")


def test_a_file_that_lies_is_not_believed(place):
    """The document of another domain, one that was tampered with, another key, rubbish."""
    path, lies, other = place / "servers.json", place / "lies.json", place / "other.json"
    with server(place, "b.test", {"file": str(path), "announce": True, "vouches": True}) as real:
        wait_for(lambda: "b.test" in servers_in(path), "b has announced")
        true = servers_in(path)["b.test"]
        document = json.loads(true)
        signed = document["document"]
        changed = ("B" if signed[40] != "B" else "C").join([signed[:40], signed[41:]])
        # A good document of the same name, of another key: who is there shows that it is not his.
        with server(place, "b.test", {"file": str(other), "announce": True},
                    **{"federation.advertise": real.federation}):
            wait_for(lambda: "b.test" in servers_in(other), "the other b has announced")
            stolen = servers_in(other)["b.test"]
        told = (("c.test", true), ("b.test", json.dumps({**document, "document": changed})),
                ("b.test", json.dumps({**document, "signatures": []})),
                ("b.test", stolen), ("b.test", "rubbish"), ("b.test", "{}"), ("b.test", true))
        for number, (domain, text) in enumerate(told):
            asker = f"a{number}.test"
            write(lies, {domain: text})
            section = {"file": str(lies), "vouches": True, "announce": True}
            with server(place, asker, section) as one:
                wait_for(lambda: asker in servers_in(lies), "who asks has announced")
                # The real one knows who calls on him: only what he is himself is in doubt.
                write(path, {**servers_in(path), asker: servers_in(lies)[asker]})
                if (domain, text) == ("b.test", true):
                    wait_for(lambda: pings(one, "b.test"), "the truth is believed")
                    continue
                expect(never_reaches(one, domain), f"{domain} is not there: {text[:80]}")
                expect(has_found(one, domain) == (text == stolen), f"what is believed: {text[:80]}")


def linked_plugins(place):
    """All plugins of the build, and the one that does not behave."""
    folder = place / "plugins"
    folder.mkdir()
    for library in [*pathlib.Path(PLUGINS).glob("*.so"), NAUGHTY]:
        (folder / library.name).symlink_to(library)
    return folder


def test_a_plugin_that_misbehaves_costs_its_deadline(place):
    """The node serves on, and ends in time."""
    plugins = linked_plugins(place)
    for deed in ("never answer", "answer too much", "answer nothing", "answer twice", "hang"):
        section = {"do": deed, "deadline": "200ms", "vouches": True}
        with server(place, "a.test", section, "naughty", **{"node.plugins": str(plugins)}) as one:
            began = time.monotonic()
            expect(never_reaches(one, "b.test"), f"there is no b: {deed}")
            expect(time.monotonic() - began < 20, f"it does not wait for ever: {deed}")


TESTS = (test_two_nodes_find_each_other_by_the_file_of_their_group,
         test_who_vouches_for_nothing_introduces_nobody, test_a_file_that_lies_is_not_believed,
         test_a_plugin_that_misbehaves_costs_its_deadline)


def main():
    words = sys.argv[1:]
    results = []
    for test in TESTS:
        if not all(word in test.__name__ for word in words):
            continue
        with tempfile.TemporaryDirectory(prefix="molva_discovery_") as place:
            try:
                test(pathlib.Path(place))
                results.append(True)
                print(f"ok    {test.__name__}", flush=True)
            except Exception:  # a test that fails is told, and the others run
                results.append(False)
                print(f"FAIL  {test.__name__}\n{traceback.format_exc()}", flush=True)
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    sys.exit(0 if results and all(results) else 1)


if __name__ == "__main__":
    main()
