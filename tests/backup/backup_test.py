"""molvad backup, verify and restore: what is in the archive, and what a restored node serves."""

import os
import stat
import threading

from files_test import PNG, Client
from node import expect, same, wait_for
from world import Author, MESSAGES, check_history, check_texts, fill, molvad, must, text_of

PIECE = 1 << 17  # less than a request may be
BIG = os.urandom(3 << 20)  # more than one block, and more than a message of gRPC


class Chatter:
    """Somebody who publishes all the while; what was acknowledged, in order."""

    def __init__(self, node, schemas):
        self.author = Author(node, schemas, "chatter").found()
        self.acknowledged = 0
        self.goes_on = True
        self.trouble = None
        self.thread = threading.Thread(target=self._publish)
        self.thread.start()

    def _publish(self):
        try:
            while self.goes_on:
                same(self.author.publish([text_of(self.acknowledged + 1)]),
                     [self.acknowledged + 1])
                self.acknowledged += 1
        except Exception as trouble:  # told when it ends
            self.trouble = trouble

    def end(self):
        self.goes_on = False
        self.thread.join()
        self.author.__exit__()
        if self.trouble is not None:
            raise self.trouble


def send_files(node, schemas):
    """Two that a message refers to; their URLs and bytes."""
    client = Client(node, schemas.molva, "filler")
    with Author(node, schemas, "filler2").found() as author:
        sent = {}
        for content in (PNG, BIG):
            pieces = [content[at:at + PIECE] for at in range(0, len(content), PIECE)]
            url = client.up(client.element(pieces[0], mime="image/png"), *pieces[1:]).meta.name
            request = author.messages.ClientMsg(
                pub=author.messages.ClientPub(id=url, topic=author.group, content=b'"a file"',
                                              no_echo=True),
                extra=author.messages.ClientExtra(attachments=[url]))
            author.outbox.put(request)
            same(author.find(lambda packet, id_=url: packet.ctrl.id == id_).ctrl.code, 202)
            sent[url] = content
    return sent


def check_files(node, schemas, files):
    client = Client(node, schemas.molva, "filler")
    for url, content in files.items():
        elements = client.down(url)
        same(elements[0].code, 200)
        expect(b"".join(one.content for one in elements) == content, f"{url} is another file")


def check_keys(place, source):
    """The same ones, for nobody else to read."""
    names = {path.relative_to(source.data / "keys"): path.read_bytes()
             for path in (source.data / "keys").rglob("*") if path.is_file()}
    expect(names, "a node without keys")
    for name, content in names.items():
        path = place.data / "keys" / name
        same((path.read_bytes(), stat.S_IMODE(path.stat().st_mode)), (content, 0o600))


def check_chatter(node, schemas, group, least, most):
    """No message is missing that was acknowledged before the backup, none is invented, no gap."""
    with Author(node, schemas, "chatter").come_back(group) as author:
        told = author.history(1, most + 2)
    expect(least <= len(told) <= most + 1, f"{len(told)} messages, not {least} to {most}")
    check_texts(told, 1, len(told) + 1)


def under_load(world, store, target_store):
    source, target = world.place(store), world.place(target_store)
    archive = world.folder / "node.molva"
    with source.node() as node:
        group = fill(node, world.schemas)
        files = send_files(node, world.schemas)
        chatter = Chatter(node, world.schemas)
        wait_for(lambda: chatter.acknowledged > 20 or chatter.trouble, "the first messages")
        least = chatter.acknowledged
        made = must("backup", "--config", source.config, "--out", archive)
        most = chatter.acknowledged
        wait_for(lambda: chatter.acknowledged > most or chatter.trouble, "what comes afterwards")
        chatter.end()
        chatters = chatter.author.group
    same(stat.S_IMODE(archive.stat().st_mode), 0o600)
    same((made["files"], made["files_missing"], made["file_bytes"]),
         (2, 0, len(PNG) + len(BIG)))
    expect(made["records"] > MESSAGES, made)
    same(must("verify", archive), made)
    same(must("restore", archive, "--config", target.config), made)
    check_keys(target, source)
    with target.node() as node:
        check_history(node, world.schemas, group)
        check_chatter(node, world.schemas, chatters, least, most)
        check_files(node, world.schemas, files)
    again = world.folder / "again.molva"
    expect(must("backup", "--config", target.config, "--out", again)["files"] == 2,
           "a backup of what was restored")


def test_sqlite_under_load_to_postgres(world):
    """The node runs on SQLite; what is restored runs on PostgreSQL."""
    under_load(world, "sqlite", "postgres")


def test_postgres_under_load_to_sqlite(world):
    """The other way."""
    under_load(world, "postgres", "sqlite")


def test_a_stopped_node(world):
    """A node that does not run is read by the command itself; the archives are alike."""
    source = world.place("sqlite")
    with source.node() as node:
        group = fill(node, world.schemas, count=50)
        running = must("backup", "--config", source.config, "--out", world.folder / "running")
    stopped = must("backup", "--config", source.config, "--out", world.folder / "stopped")
    same((stopped["sum"], stopped["keys"]), (running["sum"], running["keys"]))
    target = world.place("sqlite")
    must("restore", world.folder / "stopped", "--config", target.config)
    with target.node() as node:
        check_history(node, world.schemas, group, count=50)


def test_a_medium_that_has_lost_a_file(world):
    """The backup is made and says so; the restored node has the other file."""
    source, target = world.place("sqlite"), world.place("sqlite")
    archive = world.folder / "node.molva"
    with source.node() as node:
        fill(node, world.schemas, count=1)
        files = send_files(node, world.schemas)
    lost, kept = sorted(files, key=lambda url: len(files[url]))
    (path,) = [one for one in (source.data / "files").rglob("*") if one.is_file()
               and one.stat().st_size == len(files[lost])]
    path.unlink()
    made = must("backup", "--config", source.config, "--out", archive)
    same((made["files"], made["files_missing"], made["files_collected"]), (1, 1, 0))
    expect("were missing" in molvad("verify", archive).stderr, "a loss that nobody is told of")
    must("restore", archive, "--config", target.config)
    with target.node() as node:
        check_files(node, world.schemas, {kept: files[kept]})
        client = Client(node, world.schemas.molva, "filler")
        same(client.down(lost)[0].code, 404)


TESTS = [test_sqlite_under_load_to_postgres, test_postgres_under_load_to_sqlite,
         test_a_stopped_node, test_a_medium_that_has_lost_a_file]
