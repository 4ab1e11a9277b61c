"""Plugins that hang, die, answer rubbish, and come back."""

import json
import subprocess

from fire_hose_test import say, start_group
from world import Judge, metric, node_with, wait_until_up
from node import BIN, PATIENCE, PLUGINS, expect, same, wait_for
from session import Session

QUICK = {"timeout_ms": 3000, "failures": 3, "first_wait_ms": 20, "longest_wait_ms": 100}


def outcomes(node, outcome, method="FireHose"):
    return metric(node, "molva_remote_plugin_calls_total", plugin="judge", method=method,
                  outcome=outcome)


def test_open(place, modules, schemas):
    """Without failure_code a plugin that fails might as well not be there."""
    with Judge(place, modules) as judge, \
            node_with(place, (judge, {"fire_hose": "pub", **QUICK, "failures": 1000})) as node, \
            Session(node, *schemas.molva) as ann:
        group = start_group(ann, "ann")
        for word in ("hang", "error", "rubbish", "broken json"):
            same((word, say(ann, group, word).code), (word, 202))
        same((outcomes(node, "failed"), outcomes(node, "rubbish")), (2, 2))
        same(say(ann, group, "respond").code, 299)


def test_closed(place, modules, schemas):
    """With failure_code that is what a request is answered."""
    refusal = {"failure_code": 503, "failure_text": "come back later"}
    with Judge(place, modules) as judge, \
            node_with(place, (judge, {"fire_hose": "pub", **QUICK, **refusal,
                                      "failures": 1000})) as node, \
            Session(node, *schemas.molva) as ann:
        group = start_group(ann, "ann")
        for word in ("hang", "error", "rubbish", "broken json"):
            answer = say(ann, group, word)
            same((word, answer.code, answer.text, answer.topic),
                 (word, 503, "come back later", group))
        same(json.loads(say(ann, group, "hello").params["seq"]), 1)


def test_one_that_hangs_is_left_alone(place, modules, schemas):
    """After so many failures nobody waits for it any more; a probe finds it back."""
    with Judge(place, modules) as judge, \
            node_with(place, (judge, {"fire_hose": "pub", **QUICK,
                                      "timeout_ms": 500,
                                      "first_wait_ms": 60000, "longest_wait_ms": 60000,
                                      "failure_code": 500})) as node, \
            Session(node, *schemas.molva) as ann:
        group = start_group(ann, "ann")
        for _ in range(3):
            same(say(ann, group, "hang").code, 500)
        same(metric(node, "molva_remote_plugin_up", plugin="judge"), 0)
        for _ in range(20):
            same(say(ann, group, "hang").code, 500)
        expect(outcomes(node, "refused") >= 15, "but for a probe or two they stay here")


def test_one_that_dies_and_comes_back(place, modules, schemas):
    """The node finds it without being restarted; logins and chats go on meanwhile."""
    with Judge(place, modules) as judge, \
            node_with(place, (judge, {"fire_hose": "pub", **QUICK})) as node, \
            Session(node, *schemas.molva) as ann:
        group = start_group(ann, "ann")
        for _ in range(3):
            same(say(ann, group, "respond").code, 299)
            same(say(ann, group, "die").code, 202)
            for _ in range(10):
                same(say(ann, group, "respond").code, 202)
            judge.kill()
            judge.start()
            wait_for(lambda: say(ann, group, "respond").code == 299, "it is back")
            wait_until_up(node)


def test_one_that_is_not_there_at_the_start(place, modules, schemas):
    """The node starts without it."""
    judge = Judge(place, modules)
    with node_with(place, (judge, {"fire_hose": "pub", **QUICK})) as node, \
            Session(node, *schemas.molva) as ann:
        group = start_group(ann, "ann")
        for _ in range(10):
            same(say(ann, group, "respond").code, 202)
        with judge:
            wait_for(lambda: say(ann, group, "respond").code == 299, "it is back")


def test_a_section_that_makes_no_sense(place, modules, schemas):
    """The check of the configuration says so, with the key, and the node does not start."""
    config = place / "molva.toml"
    for line, problem in (('fire_hose = "shout"', 'fire_hose: "shout" is not a packet'),
                          ('adress = "x"', "adress: is not a key of a remote plugin"),
                          ("", "address: is neither")):
        config.write_text(f'[remote_plugins]\nnames = ["x"]\n[plugin.remote_x]\n{line}\n')
        for verb in ("check", "serve"):
            done = subprocess.run(
                [str(BIN / "molvad"), verb, "--config", str(config), "--data",
                 str(place / "data"), "--set", f"node.plugins={PLUGINS}", "--http", "127.0.0.1:0",
                 "--grpc", "127.0.0.1:0"], capture_output=True, text=True, timeout=PATIENCE,
                check=False)
            expect(done.returncode != 0, verb)
            expect(f"[plugin.remote_x] {problem}" in (done.stdout + done.stderr).replace('\\"', '"'),
                   (verb, done.stdout, done.stderr))


def test_the_node_stops_while_a_plugin_hangs(place, modules, schemas):
    """What is under way is cancelled."""
    with Judge(place, modules) as judge:
        with node_with(place, (judge, {"fire_hose": "pub", "timeout_ms": 60000})) as node, \
                Session(node, *schemas.molva) as ann:
            group = start_group(ann, "ann")
            ann.outbox.put(ann.messages.ClientMsg(pub=ann.messages.ClientPub(
                id="x", topic=group, content=b'"hang"')))
            wait_for(judge.packets, "it is being judged")
        same(node.process.returncode, 0)


TESTS = [test_open, test_closed, test_one_that_hangs_is_left_alone,
         test_one_that_dies_and_comes_back, test_one_that_is_not_there_at_the_start,
         test_a_section_that_makes_no_sense,
         test_the_node_stops_while_a_plugin_hangs]
