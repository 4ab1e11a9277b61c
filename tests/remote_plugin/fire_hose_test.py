"""Requests before the node looks at them. Source: docs/protocol plugin-and-backend §7."""

import json

from world import Judge, node_with
from node import expect, same, wait_for
from session import Session


def start_group(session, login):
    session.register(login)
    return session.ask("sub", topic="new1").topic


def say(session, topic, word, **fields):
    return session.ask("pub", topic=topic, content=json.dumps(word).encode(), **fields)


def test_it_sees_packets_before_authentication(place, modules, schemas):
    """Rule 96: hi and login too, with the secret, from a session without a user; and may refuse."""
    with Judge(place, modules) as judge, \
            node_with(place, (judge, {"fire_hose": ""})) as node, \
            Session(node, *schemas.molva) as ann:
        same(ann.ask("login", scheme="basic", secret=b"x:y").code, 409)  # before hi
        ann.ask("hi", ver="0.25", user_agent="test/1", lang="fr")
        refused = ann.ask("login", scheme="refused", secret=b"ann:geheim")
        same((refused.code, refused.text), (403, "not by this door"))
        same(judge.packets(), ["login", "hi", "login"])
        asked = judge.heard("FireHose")[2]
        same(asked["msg"]["login"]["secret"], "YW5uOmdlaGVpbQ==")
        expect("user_id" not in asked["sess"], asked["sess"])
        same((asked["sess"]["user_agent"], asked["sess"]["language"]), ("test/1", "fr"))
        same(asked["sess"]["session_id"], judge.heard("FireHose")[0]["sess"]["session_id"])
        user = ann.register("ann")
        say(ann, ann.ask("sub", topic="new1").topic, "x")
        known = judge.heard("FireHose")[-1]["sess"]
        same((known["user_id"], known["auth_level"]), (user, "AUTH_LEVEL_AUTH"))


def test_verdicts(place, modules, schemas):
    """Continue, respond, replace and drop, under either name of the service."""
    for service in ("molva.v1.Plugin", "pbx.Plugin"):
        name = service.split(".", maxsplit=1)[0]
        folder = place / name
        folder.mkdir()
        with Judge(folder, modules, service) as judge, \
                node_with(folder, (judge, {"fire_hose": "pub;grp"})) as node, \
                Session(node, *schemas.molva) as ann:
            group = start_group(ann, "ann")
            same(say(ann, group, "hello").code, 202)
            answer = say(ann, group, "respond")
            same((answer.code, answer.text, answer.params["by"]), (299, "seen", b'"judge"'))
            expect(answer.timestamp > 0, "the node sets the time")
            same(json.loads(say(ann, group, "replace").params["seq"]), 2)
            data = ann.find(lambda packet: packet.data.seq_id == 2).data
            same(data.content, b'"replaced"')
            ann.outbox.put(ann.messages.ClientMsg(pub=ann.messages.ClientPub(
                id="dropped", topic=group, content=b'"drop"')))
            same(json.loads(say(ann, group, "after").params["seq"]), 3)
            expect(all(packet.ctrl.id != "dropped" for packet in ann.seen), "no word about it")
            same(set(judge.packets()), {"pub"})


def test_order_is_kept(place, modules, schemas):
    """What a session sends behind a request that is being judged waits; other sessions go on."""
    with Judge(place, modules) as judge, \
            node_with(place, (judge, {"fire_hose": "pub"})) as node, \
            Session(node, *schemas.molva) as ann, Session(node, *schemas.molva) as bob:
        group = start_group(ann, "ann")
        bob.register("bob")
        same(bob.ask("sub", topic=group).code, 200)
        words = ["slow", "replace", "one", "slow", "two"]
        for number, word in enumerate(words):
            ann.outbox.put(ann.messages.ClientMsg(pub=ann.messages.ClientPub(
                id=f"p{number}", topic=group, content=json.dumps(word).encode())))
        ann.find(lambda packet: packet.ctrl.id == "p4")
        answers = [one.ctrl.id for one in ann.seen if one.ctrl.id.startswith("p")]
        same(answers, ["p0", "p1", "p2", "p3"])
        said = [bob.find(lambda packet, at=at: packet.data.seq_id == at).data.content
                for at in range(1, 6)]
        same(said, [b'"slow"', b'"replaced"', b'"one"', b'"slow"', b'"two"'])


def test_nobody_else_waits(place, modules, schemas):
    """A plugin that sits on a request of one session holds up no other."""
    with Judge(place, modules) as judge, \
            node_with(place, (judge, {"fire_hose": "pub", "timeout_ms": 60000})) as node, \
            Session(node, *schemas.molva) as ann, Session(node, *schemas.molva) as bob:
        anns, bobs = start_group(ann, "ann"), start_group(bob, "bob")
        ann.outbox.put(ann.messages.ClientMsg(pub=ann.messages.ClientPub(
            id="x", topic=anns, content=b'"hang"')))
        wait_for(judge.packets, "it is being judged")
        for number in range(1, 51):
            same(json.loads(say(bob, bobs, "hello").params["seq"]), number)


def test_two_plugins(place, modules, schemas):
    """They are asked in order; the first one that does not continue has the last word."""
    with Judge(place, modules, name="first") as first, \
            Judge(place, modules, name="second") as second, \
            node_with(place, (first, {"fire_hose": "pub"}),
                      (second, {"fire_hose": "pub;grp"})) as node, \
            Session(node, *schemas.molva) as ann:
        group = start_group(ann, "ann")
        same(say(ann, group, "respond").code, 299)
        same((len(first.packets()), len(second.packets())), (1, 0))
        same(say(ann, group, "hello").code, 202)
        same((len(first.packets()), len(second.packets())), (2, 1))


def test_a_client_that_goes(place, modules, schemas):
    """Whoever hangs up while his request is being judged is forgotten, and nobody else suffers."""
    with Judge(place, modules) as judge, \
            node_with(place, (judge, {"fire_hose": "pub"})) as node, \
            Session(node, *schemas.molva) as bob:
        group = start_group(bob, "bob")
        for count in range(1, 4):
            with Session(node, *schemas.molva) as ann:
                mine = start_group(ann, f"ann{count}")
                ann.outbox.put(ann.messages.ClientMsg(pub=ann.messages.ClientPub(
                    id="x", topic=mine, content=b'"slow"')))
                wait_for(lambda: len(judge.packets()) == count, "it is being judged")
        same(say(bob, group, "hello").code, 202)


TESTS = [test_it_sees_packets_before_authentication, test_verdicts, test_order_is_kept,
         test_nobody_else_waits, test_two_plugins, test_a_client_that_goes]
