"""Two people at /pbx.Node/MessageLoop."""

import base64
import json

from node import expect, same
from session import Session


def test_two_people_chat_in_a_group(node, schemas):
    """Accounts, a login in a second session, a group, an invitation, messages both ways."""
    messages, stubs = schemas.pbx
    with Session(node, messages, stubs) as ann, Session(node, messages, stubs) as bob:
        ann.register("chatann")
        bobs_id = bob.register("chatbob")
        sub = ann.ask("sub", topic="new1", set_query=messages.SetQuery(
            desc=messages.SetDesc(public=json.dumps({"fn": "group"}).encode())))
        same(sub.code, 200)
        group = sub.topic
        expect(group.startswith("grp"), group)
        same(ann.ask("set", topic=group, query=messages.SetQuery(
            sub=messages.SetSub(user_id=bobs_id))).code, 200)
        same(bob.ask("sub", topic=group, get_query=messages.GetQuery(what="desc")).code, 200)
        desc = bob.find(lambda packet: packet.HasField("meta")).meta.desc
        same(json.loads(desc.public), {"fn": "group"})
        for number, (author, reader) in enumerate([(ann, bob), (bob, ann)] * 20, start=1):
            content = json.dumps(f"message {number}").encode()
            pub = author.ask("pub", topic=group, content=content, no_echo=True,
                             head={"mime": b'"text/plain"'})
            same((pub.code, json.loads(pub.params["seq"])), (202, number))
            data = reader.find(lambda packet: packet.HasField("data")).data
            same((data.seq_id, data.content, data.head["mime"]), (number, content, b'"text/plain"'))
        ann.outbox.put(messages.ClientMsg(note=messages.ClientNote(
            topic=group, what=messages.INFO_NOTE_READ, seq_id=40)))
        info = bob.find(lambda packet: packet.HasField("info")).info
        same((info.what, info.seq_id), (messages.INFO_NOTE_READ, 40))


def test_a_login_and_its_token(node, schemas):
    """A password is sent raw; the token of the answer logs in elsewhere."""
    messages, stubs = schemas.pbx
    with Session(node, messages, stubs) as ann:
        ann.register("tokenann")
    with Session(node, messages, stubs) as again:
        again.ask("hi", ver="0.25")
        same(again.ask("login", scheme="basic", secret=b"tokenann:wrong").code, 401)
        login = again.ask("login", scheme="basic", secret=b"tokenann:password")
        same(login.code, 200)
        token = json.loads(login.params["token"])
    with Session(node, messages, stubs) as third:
        same(third.ask("sub", topic="me").code, 409)
        third.ask("hi", ver="0.25")
        same(third.ask("login", scheme="token", secret=base64.b64decode(token)).code, 200)
        same(third.ask("sub", topic="me").code, 200)


def test_each_element_is_one_packet(node, schemas):
    """A page of history comes as so many elements; at molva.v1 the same packets come in batches."""
    for messages, stubs in (schemas.pbx, schemas.molva):
        login = "page" + messages.DESCRIPTOR.package.replace(".", "")
        with Session(node, messages, stubs) as ann:
            ann.register(login)
            group = ann.ask("sub", topic="new1").topic
            for number in range(24):
                ann.ask("pub", topic=group, content=str(number).encode(), no_echo=True)
            ann.ask("get", topic=group, query=messages.GetQuery(what="data"))
            numbers = [packet.data.seq_id for packet in ann.seen if packet.HasField("data")]
            same(sorted(numbers), list(range(1, 25)))


TESTS = [test_two_people_chat_in_a_group, test_a_login_and_its_token,
         test_each_element_is_one_packet]
