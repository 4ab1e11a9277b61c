"""Places where nodes live, on either store, and what people have said there."""

import itertools
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "grpc"))

from node import BIN, PATIENCE, PLUGINS, Node, expect, same  # noqa: E402
from session import Session  # noqa: E402

LONG = 20 * PATIENCE  # for what reads and writes a whole store
MESSAGES = int(os.environ.get("MOLVA_BACKUP_MESSAGES", 20000))
WINDOW = 256  # publications that wait for their answers
# Of people who write as fast as they can.
FAST = {f"limits.{name}": 0 for name in ("requests_per_second", "address_requests", "user_messages",
                                         "topic_messages")}
PAGE = 24  # of history
FILLING = "x" * 250
_count = itertools.count(1)


class Place:
    """A data directory and its configuration; its node may run or not."""

    def __init__(self, folder, store):
        self.store = store
        self.folder = folder / f"{store}{next(_count)}"
        self.folder.mkdir()
        self.data = self.folder / "data"
        self.schema = self.folder.name
        self.text = f'[node]\ndata = "{self.data}"\nplugins = "{PLUGINS}"\n'
        self.text += f'[store]\nplugin = "{store}"\n'
        if store == "postgres":
            self.text += (f'[plugin.store_postgres]\ndsn = "{os.environ["MOLVA_TEST_POSTGRES"]}"\n'
                          f'schema = "{self.schema}"\n')
        self.config = self.folder / "molva.toml"
        self.config.write_text(self.text, encoding="utf-8")

    def node(self):
        return Node(self.folder, self.text, **FAST)

    def refusal(self):
        """What the node says when it does not start."""
        ended = molvad("serve", "--config", self.config, "--set", "log.format=text",
                       "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0")
        expect(ended.returncode != 0, "the node has started")
        return ended.stderr


class World:
    """What a test gets: a folder of its own, and the schemas."""

    def __init__(self, folder, known):
        self.folder = folder
        self.schemas = known

    def place(self, store):
        return Place(self.folder, store)


class Author(Session):
    """Somebody with a group."""

    def __init__(self, node, schemas, login):
        super().__init__(node, *schemas.molva, timeout=LONG)
        self.login = login

    def found(self):
        self.register(self.login)
        self.group = self.ask("sub", topic="new1").topic
        return self

    def come_back(self, group):
        self.ask("hi", ver="0.25")
        same(self.ask("login", scheme="basic", secret=f"{self.login}:password".encode()).code, 200)
        same(self.ask("sub", topic=group).code, 200)
        self.group = group
        return self

    def publish(self, texts):
        """Many at once; the seq of each, in order."""
        waiting, seqs = [], []
        for text in texts:
            self.count += 1
            request = self.messages.ClientMsg()
            request.pub.CopyFrom(self.messages.ClientPub(
                id=str(self.count), topic=self.group, content=json.dumps(text).encode(),
                no_echo=True))
            self.outbox.put(request)
            waiting.append(str(self.count))
            if len(waiting) >= WINDOW:
                seqs.append(self.seq_of(waiting.pop(0)))
        return seqs + [self.seq_of(one) for one in waiting]

    def seq_of(self, id_):
        ctrl = self.find(lambda packet: packet.ctrl.id == id_).ctrl
        same(ctrl.code, 202)
        return json.loads(ctrl.params["seq"])

    def history(self, since, before):
        """Texts by seq."""
        texts = {}
        for first in range(since, before, PAGE):
            self.ask("get", topic=self.group, query=self.messages.GetQuery(
                what="data", data=self.messages.GetOpts(
                    since_id=first, before_id=min(first + PAGE, before), limit=PAGE)))
            for packet in [one for one in self.seen if one.HasField("data")]:
                texts[packet.data.seq_id] = json.loads(packet.data.content)
            self.seen.clear()
        return texts


def text_of(number):
    return f"message {number} {FILLING}"


def check_texts(texts, since, before):
    """Each is there and says what it should; a few of those that do not are told."""
    wrong = [i for i in range(since, before) if texts.get(i) != text_of(i)]
    same(wrong[:5], [])
    same(len(texts), before - since)


def fill(node, schemas, login="filler", count=MESSAGES):
    """A group with so many messages; its name."""
    with Author(node, schemas, login).found() as author:
        same(author.publish(text_of(i) for i in range(1, count + 1)), list(range(1, count + 1)))
        return author.group


def check_history(node, schemas, group, login="filler", count=MESSAGES):
    """All of them are there, and one more gets the next number."""
    with Author(node, schemas, login).come_back(group) as author:
        for since in (1, max(1, count - 700)):
            before = min(since + 700, count + 1)
            check_texts(author.history(since, before), since, before)
        same(author.publish(["one more"]), [count + 1])


def molvad(*words):
    return subprocess.run([str(BIN / "molvad"), *map(str, words)], capture_output=True, text=True,
                          timeout=LONG)


def must(*words):
    """The JSON that molvad prints."""
    ended = molvad(*words, "--json")
    expect(ended.returncode == 0, f"{words}: {ended.stderr}")
    return json.loads(ended.stdout)


def refused(*words):
    """What molvad says to a thing that it does not do."""
    ended = molvad(*words)
    expect(ended.returncode == 1, f"{words}: {ended.returncode} {ended.stdout} {ended.stderr}")
    return ended.stderr
