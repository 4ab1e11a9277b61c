"""Runs the tests: suite.py [WORD…]. Last line: N passed, N failed."""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "grpc"))

import schemas  # noqa: E402 (found by the line above)
from node import BIN, PATIENCE, PLUGINS, ROOT, Node, expect, same, wait_for  # noqa: E402
from session import Session  # noqa: E402

GUIDE = ROOT / "docs/plugins/moderation.md"
NAUGHTY = BIN.parent / "test_plugins/moderation_naughty.so"


def block(language):
    return re.search(rf"^```{language}\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"),
                     re.MULTILINE | re.DOTALL).group(1)


def config_of(place):
    """The settings of the guide; its list of words is in `place`."""
    (place / "words").write_text(block("text"), encoding="utf-8")
    return block("toml").replace("/etc/molva/words", str(place / "words"))


def say(session, topic, text):
    return session.ask("pub", topic=topic, content=json.dumps(text).encode())


def group_of(session, login):
    session.register(login)
    return session.ask("sub", topic="new1").topic


def metric(node, name, **labels):
    text = urllib.request.urlopen(node.http + "/metrics", timeout=PATIENCE).read().decode()
    for line in text.splitlines():
        found = re.fullmatch(rf"{name}(?:{{(.*)}})? (\S+)", line)
        if found and all(f'{key}="{value}"' in (found.group(1) or "")
                         for key, value in labels.items()):
            return float(found.group(2))
    raise AssertionError(f"there is no {name} {labels}")


def test_the_words_of_the_guide(place, known):
    """Each action, what is counted, a list that changes while the node runs."""
    with Node(place, config=config_of(place)) as node, Session(node, *known.molva) as ann:
        group = group_of(ann, "ann")
        same(say(ann, group, "good morning").code, 202)
        refused = say(ann, group, "My CASINO")
        same((refused.code, refused.text), (403, "please stay on topic"))
        dropped = say(ann, group, "buy viagra")
        same((dropped.code, json.loads(dropped.params["seq"])), (202, 0))
        same(json.loads(say(ann, group, "well, darn it").params["seq"]), 2)
        changed = ann.find(lambda packet: packet.data.seq_id == 2).data
        same(changed.content, b'"well, **** it"')
        held = say(ann, group, "free money")
        same((held.code, json.loads(held.params["seq"])), (202, 0))
        for verdict in ("accept", "refuse", "drop", "replace", "quarantine"):
            expect(metric(node, "molva_moderation_verdicts_total", plugin="words",
                          verdict=verdict) >= 1, verdict)
        expect(metric(node, "molva_plugin_calls_total", plugin="moderation_words", call="judge",
                      outcome="ok") >= 5, "calls are counted")
        (place / "words").write_text("refuse morning\n", encoding="utf-8")
        wait_for(lambda: say(ann, group, "good morning").code == 403, "the list is read again")
        same(say(ann, group, "casino").code, 202)


def test_an_administrator_reads_what_is_held_and_lets_it_pass(place, known):
    """After a kill -9, too."""
    config = config_of(place)
    with Node(place, config=config) as node, Session(node, *known.molva) as ann, \
            Session(node, *known.molva) as boss:
        group = group_of(ann, "ann")
        same(say(ann, group, "free money").code, 202)
        boss.register("boss")
        node.process.kill()
        node.process.wait(PATIENCE)
    with Node(place, config=config) as node:
        node.admin("user", "promote", "boss")
        with Session(node, *known.molva) as ann, Session(node, *known.molva) as boss:
            for session, login in ((ann, "ann"), (boss, "boss")):
                session.ask("hi", ver="0.25")
                session.ask("login", scheme="basic", secret=f"{login}:password".encode())
            same(ann.ask("sub", topic=group).code, 200)
            same(boss.ask("sub", topic="sys").code, 200)
            boss.outbox.put(boss.messages.ClientMsg(get=boss.messages.ClientGet(
                id="held", topic="sys", query=boss.messages.GetQuery(what="data"))))
            report = json.loads(boss.find(lambda packet: packet.data.topic == "sys").data.content)
            held = report["quarantine"]
            same((held["what"], held["topic"], held["content"]), ("message", group, "free money"))


def linked_plugins(place):
    """All plugins of the build, and the one that does not behave."""
    folder = place / "plugins"
    folder.mkdir()
    for library in [*pathlib.Path(PLUGINS).glob("*.so"), NAUGHTY]:
        (folder / library.name).symlink_to(library)
    return folder


def test_a_plugin_that_hangs_costs_what_its_operator_has_chosen(place, known):
    """The node serves on, and ends in time."""
    for on_failure, code in (("closed", 503), ("open", 202)):
        folder = place / on_failure
        folder.mkdir()
        config = ('[moderation]\nplugins = ["naughty"]\n[plugin.moderation_naughty]\n'
                  f'do = "hang"\ndeadline = "200ms"\non_failure = "{on_failure}"\n')
        with Node(folder, config=config, **{"node.plugins": str(linked_plugins(folder))}) as node:
            with Session(node, *known.molva) as ann:
                group = group_of(ann, "ann")
                for _ in range(3):
                    began = time.monotonic()
                    same(say(ann, group, "hello").code, code)
                    expect(time.monotonic() - began < 10, "it does not wait for ever")
                expect(metric(node, "molva_moderation_overdue_total", plugin="naughty") >= 3,
                       "they are counted")
                same(ann.ask("sub", topic="me").code, 200)


def test_check_finds_what_is_wrong(place, _):
    """A list that is none; host settings that are none; all is well."""
    config = config_of(place)
    path = place / "molva.toml"

    def check(text):
        path.write_text(text + f'\n[node]\ndata = "{place}/data"\nplugins = "{PLUGINS}"\n',
                        encoding="utf-8")
        done = subprocess.run([str(BIN / "molvad"), "check", "--config", str(path)],
                              capture_output=True, text=True, timeout=PATIENCE, check=False)
        return done.returncode, done.stdout + done.stderr

    code, output = check(config)
    same(code, 0)
    expect("moderation_words.so" in output, output)
    for wrong, why in (('on_failure = "perhaps"', '"open" or "closed"'),
                       ('deadline = "1h"', "deadline"), ('word = "x"', "no setting of this plugin")):
        section = f"[plugin.moderation_words]\nfile = \"{place}/words\"\n{wrong}\n"
        code, output = check(f'[moderation]\nplugins = ["words"]\n{section}')
        expect(code != 0 and why in output, output)
    (place / "words").write_text("shout casino\n", encoding="utf-8")
    code, output = check(config)
    expect(code != 0 and "line 1: a rule is" in output, output)


TESTS = (test_the_words_of_the_guide, test_an_administrator_reads_what_is_held_and_lets_it_pass,
         test_a_plugin_that_hangs_costs_what_its_operator_has_chosen, test_check_finds_what_is_wrong)


def main():
    words = sys.argv[1:]
    results = []
    with tempfile.TemporaryDirectory(prefix="molva_moderation_") as generated:
        known = schemas.load(pathlib.Path(generated))
        for test in TESTS:
            if not all(word in test.__name__ for word in words):
                continue
            with tempfile.TemporaryDirectory(prefix="molva_moderation_") as place:
                try:
                    test(pathlib.Path(place), known)
                    results.append(True)
                    print(f"ok    {test.__name__}", flush=True)
                except Exception:  # a test that fails is told, and the others run
                    results.append(False)
                    print(f"FAIL  {test.__name__}\n{traceback.format_exc()}", flush=True)
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    sys.exit(0 if results and all(results) else 1)


if __name__ == "__main__":
    main()
