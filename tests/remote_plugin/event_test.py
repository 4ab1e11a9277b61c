"""Searches that a plugin judges, and events that it hears of. Source: docs/protocol plugin-and-backend §7."""

import json

from fire_hose_test import say, start_group
from world import Judge, metric, node_with
from node import expect, same, wait_for
from session import Session

ALL = {"account": "", "topic": "", "subscription": "", "message": ""}


def search(session, text, part="sub"):
    """What a search finds: names of users, or the code of its refusal."""
    messages = session.messages
    session.ask("set", topic="fnd", query=messages.SetQuery(
        desc=messages.SetDesc(public=json.dumps(text).encode())))
    session.count += 1
    id_ = f"s{session.count}"
    session.outbox.put(messages.ClientMsg(get=messages.ClientGet(
        id=id_, topic="fnd", query=messages.GetQuery(what=part))))
    packet = session.find(lambda one: id_ in (one.meta.id, one.ctrl.id))
    if packet.HasField("ctrl"):
        return packet.ctrl.code
    return list(packet.meta.tags) or [sub.topic for sub in packet.meta.sub]


def test_find(place, modules, schemas):
    """A search goes on, finds nothing, is answered, or becomes another one."""
    with Judge(place, modules) as judge, \
            node_with(place, (judge, {"find": True})) as node, \
            Session(node, *schemas.molva) as ann, Session(node, *schemas.molva) as bob:
        user = ann.register("findann")
        bobs_id = bob.register("findbob")
        same(ann.ask("sub", topic="fnd").code, 200)
        same(search(ann, "basic:findbob"), [bobs_id])
        same(judge.heard("Find"), [{"method": "Find", "user_id": user, "query": "basic:findbob"}])
        same(search(ann, "basic:nobody"), 204)
        same(search(ann, "a friend"), [bobs_id])
        same(search(ann, "the bot"), ["usrAAAAAAAAAAE"])
        same(search(ann, "the bot", "tags"), ["usrAAAAAAAAAAE"])
        same(search(ann, "a friend", "tags"), [bobs_id])
        same(search(ann, "rubbish"), 204)  # it goes on, and finds nobody


def test_find_that_fails(place, modules, schemas):
    """With failure_code a search is refused while the plugin fails."""
    with Judge(place, modules) as judge, \
            node_with(place, (judge, {"find": True, "failure_code": 500})) as node, \
            Session(node, *schemas.molva) as ann:
        ann.register("findann")
        ann.ask("sub", topic="fnd")
        same(search(ann, "rubbish"), 503)
        judge.kill()
        same(search(ann, "the bot"), 503)
        judge.start()


def test_events(place, modules, schemas):
    """Accounts, topics, subscriptions and messages, in the order in which they came about."""
    with Judge(place, modules) as judge, \
            node_with(place, (judge, ALL)) as node, \
            Session(node, *schemas.molva) as ann, Session(node, *schemas.molva) as bob:
        user, bobs_id = ann.register("ann"), bob.register("bob")
        group = ann.ask("sub", topic="new1").topic
        same(bob.ask("sub", topic=group).code, 200)
        for number in range(30):
            say(bob, group, f"message {number}")
        same(ann.ask("set", topic=group, query=ann.messages.SetQuery(
            desc=ann.messages.SetDesc(public=b'{"fn":"new name"}'))).code, 200)
        same(bob.ask("leave", topic=group, unsub=True).code, 200)
        same(ann.ask("del", topic=group, what=ann.messages.ClientDel.WHAT_TOPIC, hard=True).code,
             200)
        same(bob.ask("del", what=bob.messages.ClientDel.WHAT_USER, hard=True).code, 200)
        wait_for(lambda: len(judge.heard("Account")) == 3, "the last of them")
        accounts = [(one.get("action", "CRUD_CREATE"), one["user_id"])
                    for one in judge.heard("Account")]
        same(accounts, [("CRUD_CREATE", user), ("CRUD_CREATE", bobs_id),
                        ("CRUD_DELETE", bobs_id)])
        said = [(one["msg"]["seq_id"], one["msg"]["from_user_id"]) for one in judge.heard("Message")]
        same(said, [(number, bobs_id) for number in range(1, 31)])
        of_topic = [(one.get("action"), one["name"]) for one in judge.heard("Topic")]
        same(of_topic, [(None, group), ("CRUD_UPDATE", group), ("CRUD_DELETE", group)])
        of_bob = [one.get("action") for one in judge.heard("Subscription")
                  if (one["topic"], one["user_id"]) == (group, bobs_id[3:])]
        same(of_bob, [None, "CRUD_DELETE"])



def test_events_of_a_plugin_that_is_away(place, modules, schemas):
    """It hears of them when it is back, in order; what does not fit into the queue is counted."""
    with Judge(place, modules) as judge, \
            node_with(place, (judge, {"message": "grp;C", "event_queue": 10, "first_wait_ms": 20,
                                      "longest_wait_ms": 100})) as node, \
            Session(node, *schemas.molva) as ann:
        group = start_group(ann, "ann")
        say(ann, group, 1)
        wait_for(lambda: judge.heard("Message"), "the first")
        judge.kill()
        for number in range(2, 21):
            same(say(ann, group, number).code, 202)
        same(metric(node, "molva_remote_plugin_dropped_total", plugin="judge"), 9)
        judge.start()
        wait_for(lambda: len(judge.heard("Message")) == 11, "those that waited")
        same([one["msg"]["seq_id"] for one in judge.heard("Message")], list(range(1, 12)))
        wait_for(lambda: metric(node, "molva_remote_plugin_queued", plugin="judge") == 0, "all told")


def test_an_event_that_is_refused(place, modules, schemas):
    """It does not stand in the way of those behind it."""
    with Judge(place, modules) as judge, \
            node_with(place, (judge, {"message": ""})) as node, \
            Session(node, *schemas.molva) as ann:
        group = start_group(ann, "ann")
        for word in ("one", "bad event", "three"):
            say(ann, group, word)
        wait_for(lambda: len(judge.heard("Message")) == 3, "all of them, each once")
        wait_for(lambda: metric(node, "molva_remote_plugin_queued", plugin="judge") == 0, "all told")
        same(metric(node, "molva_remote_plugin_dropped_total", plugin="judge"), 1)
        expect(metric(node, "molva_remote_plugin_call_seconds_count", plugin="judge",
                      method="Message") == 3, "calls are timed")


TESTS = [test_find, test_find_that_fails, test_events, test_events_of_a_plugin_that_is_away,
         test_an_event_that_is_refused]
