"""molva-bot among people."""

import json
import os
import subprocess

from node import BIN, PATIENCE, expect, same
from session import Session


class Bot:
    """The process; it says on standard error when it listens."""

    def __init__(self, node, login):
        self.process = subprocess.Popen(
            [str(BIN / "molva-bot"), node.grpc, login], stderr=subprocess.PIPE, text=True,
            env={**os.environ, "MOLVA_BOT_PASSWORD": "password"})
        same(self.process.stderr.readline(), "molva-bot: listening\n")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait(PATIENCE)
        self.process.stderr.close()


def say(session, topic, text):
    """Returns the number of the message."""
    pub = session.ask("pub", topic=topic, content=json.dumps(text).encode(), no_echo=True)
    same(pub.code, 202)
    return json.loads(pub.params["seq"])


def hear(session, topic):
    """The next message of somebody else: its text, and which one it answers."""
    data = session.find(lambda one: one.data.topic == topic).data
    return json.loads(data.content), json.loads(data.head["reply"])


def register(node, schemas, login):
    with Session(node, *schemas.molva) as session:
        return session.register(login)


def test_a_bot_answers_one_person(node, schemas):
    """Whoever writes to it gets an answer, also to what was written while it was away."""
    bot = register(node, schemas, "helperone")
    with Session(node, *schemas.molva) as ann:
        ann.register("botann")
        with Bot(node, "helperone"):
            same(ann.ask("sub", topic=bot).code, 200)
            first = say(ann, bot, "echo hello")
            same(hear(ann, bot), ("hello", f":{first}"))
            second = say(ann, bot, "@helperone echo again")
            same(hear(ann, bot), ("again", f":{second}"))
        away = say(ann, bot, "echo later")
        with Bot(node, "helperone"):
            same(hear(ann, bot), ("later", f":{away}"))
        with Bot(node, "helperone"):  # what was answered is answered once
            last = say(ann, bot, "echo last")
            same(hear(ann, bot), ("last", f":{last}"))


def test_a_bot_in_a_group(node, schemas):
    """It comes when it is invited, and answers when it is mentioned."""
    bot = register(node, schemas, "helpertwo")
    with Bot(node, "helpertwo"), Session(node, *schemas.pbx) as ann:
        ann.register("botgroup")
        group = ann.ask("sub", topic="new1").topic
        messages = ann.messages
        same(ann.ask("set", topic=group, query=messages.SetQuery(
            sub=messages.SetSub(user_id=bot))).code, 200)
        say(ann, group, "time flies")
        asked = say(ann, group, "@helpertwo echo one")
        same(hear(ann, group), ("one", f":{asked}"))
        asked = ann.ask("pub", topic=group, content=b'"count abc"', no_echo=True,
                        head={"mentions": json.dumps([bot]).encode()})
        same(hear(ann, group)[0], "3 characters.")
        expect(asked.code == 202, asked)


def test_a_bot_that_may_not(node, schemas):
    """A wrong password ends it at once, with the code of molva for that."""
    register(node, schemas, "helperthree")
    done = subprocess.run([str(BIN / "molva-bot"), node.grpc, "helperthree"], timeout=PATIENCE,
                          env={**os.environ, "MOLVA_BOT_PASSWORD": "wrong"}, check=False,
                          capture_output=True, text=True)
    same(done.returncode, 4)
    expect("401" in done.stderr, done.stderr)


TESTS = [test_a_bot_answers_one_person, test_a_bot_in_a_group, test_a_bot_that_may_not]
