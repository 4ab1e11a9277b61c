"""A plugin inside the node that hangs: it costs itself alone, and is back when it works again."""

import json
import os
import signal
import time
import urllib.error
import urllib.request

from world import metric
from node import BIN, PATIENCE, Node, expect, same, wait_for
from session import Session

NAUGHTY = BIN.parent / "test_plugins" / "auth_naughty.so"
LABEL = {"plugin": "auth_naughty"}
SECRET = b"ann:word"


def node_with_naughty(place, **section):
    """`section`: of the plugin that hangs."""
    section = {"deadline": "300ms", "breaker_after": 3, "breaker_pause": "500ms", **section}
    lines = [f"{key} = {json.dumps(value)}" for key, value in section.items()]
    config = f'[plugin."auth_{NAUGHTY}"]\n' + "\n".join(lines) + "\n"
    return Node(place, config=config, **{"auth.schemes": f"token,basic,{NAUGHTY}",
                                          "media.plugin": ""})


def greeted(node, schemas):
    session = Session(node, *schemas.molva)
    session.ask("hi", ver="0.25", user_agent="python/grpcio")
    return session


def log_in(node, schemas):
    with greeted(node, schemas) as session:
        return session.ask("login", scheme="naughty", secret=SECRET)


def readiness(node):
    try:
        with urllib.request.urlopen(node.http + "/readyz", timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def said(node, sentence):
    return node.log.read_text(encoding="utf-8").count(f'"msg":"{sentence}"')


def hang_and_recover(place, schemas, deed):
    trouble = place / "trouble"
    with node_with_naughty(place, **{"do": deed, "while": str(trouble)}) as node, \
            Session(node, *schemas.molva) as bob:
        bob.register("bob")
        with greeted(node, schemas) as ann:
            same(ann.ask("acc", user_id="new", scheme="naughty", secret=SECRET, login=True).code,
                 200)
        same(log_in(node, schemas).code, 200)
        same(readiness(node)[0], 200)

        trouble.touch()
        for _ in range(3):
            answer = log_in(node, schemas)
            same((answer.code, answer.text), (503, "service unavailable"))
        code, text = readiness(node)
        same(code, 503)
        expect("plugin auth_naughty does not answer" in text, text)
        expect(metric(node, "molva_plugin_state", **LABEL) > 0, "it is left alone")
        same(metric(node, "molva_plugin_held", **LABEL), 3)
        begin = time.monotonic()
        while metric(node, "molva_plugin_gate_total", event="refused_open", **LABEL) < 3:
            same(log_in(node, schemas).code, 503)
            same(bob.ask("sub", topic="me").code in (200, 304), True)
            with Session(node, *schemas.molva) as other:
                other.register(f"other{time.monotonic_ns()}")
            expect(time.monotonic() - begin < PATIENCE, "others are served meanwhile")

        trouble.unlink()
        wait_for(lambda: log_in(node, schemas).code == 200, "it is back")
        same(readiness(node)[0], 200)
        same(metric(node, "molva_plugin_state", **LABEL), 0)
        wait_for(lambda: metric(node, "molva_plugin_held", **LABEL) == 0, "they have returned")
        late = metric(node, "molva_plugin_gate_total", event="late", **LABEL)
        expect(late >= 3, f"{late} answers came too late")
        same(metric(node, "molva_plugin_gate_total", event="timeout", **LABEL), late)
        same(said(node, "a plugin does not answer and is left alone for a while"), 1)
        same(said(node, "a plugin answers again"), 1)


def test_hanging_in_verify(place, _modules, schemas):
    """It works in microseconds, it says, and does not."""
    hang_and_recover(place, schemas, "hang in verify")


def test_hanging_for_ever_ends_no_stop(place, _modules, schemas):
    """The node stops in order, though the plugin never returns."""
    with node_with_naughty(place, **{"do": "hang in parse"}) as node:
        for _ in range(2):
            same(log_in(node, schemas).code, 503)
        with Session(node, *schemas.molva) as bob:
            bob.register("bob")
        os.kill(node.process.pid, signal.SIGTERM)
        same(node.process.wait(PATIENCE), 0)
        expect(said(node, "a plugin still has calls that it has not answered; "
                          "the node stops without it") == 1, "the log names it")


def test_refused_settings(place, _modules, _schemas):
    """Nobody who was not checked is let in, whatever the configuration wants."""
    for name, value, why in (
            ("on_failure", "open", 'on_failure must be "closed", or not set: '
                                   'who was not checked is not let in'),
            ("deadline", "0s", "deadline is 0, but must be a duration from 10ms"),
            ("breaker_after", 0, "breaker_after is 0, but must be")):
        try:
            with node_with_naughty(place, **{name: value}):
                raise AssertionError("it started")
        except RuntimeError as error:
            expect(why in str(error).replace("\\", ""), str(error))


TESTS = (test_hanging_in_verify, test_hanging_for_ever_ends_no_stop, test_refused_settings)
