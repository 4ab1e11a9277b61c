"""A topic of a million messages on a real node: what an edit, a deletion and a search take there."""

import base64
import json
import os
import random
import socket
import sqlite3
import struct
import time

API_KEY = "AQEAAAABAAD_rAp4DJh05a1HAwFT3A6K"  # of the stock clients
WORDS = 20_000
PER_BATCH = 50_000
TEXT = 1  # an opcode; a ping has another
GROUPS = 1000  # beside the one of a million
PER_GROUP = 100
IN_ALL = f", in all {GROUPS + 1} topics"


class Client:
    """One WebSocket session; requests one after the other."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET /v0/channels?apikey={API_KEY} HTTP/1.1", "Host: localhost", "Upgrade: websocket",
                 "Connection: Upgrade", "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}"]
        self.socket.sendall("\r\n".join(lines + ["", ""]).encode())
        self.bytes = b""
        while b"\r\n\r\n" not in self.bytes:
            self._receive()
        answer, self.bytes = self.bytes.split(b"\r\n\r\n", 1)
        if b" 101 " not in answer:
            raise RuntimeError(answer.decode(errors="replace"))
        self.count = 0
        self.ask({"hi": {"ver": "0.25", "ua": "perf"}})

    def _receive(self):
        piece = self.socket.recv(65536)
        if not piece:
            raise RuntimeError("the node closed the connection")
        self.bytes += piece

    def _take(self, size):
        while len(self.bytes) < size:
            self._receive()
        taken, self.bytes = self.bytes[:size], self.bytes[size:]
        return taken

    def _packet(self):
        head, size = self._take(2)
        if size == 126:
            size = struct.unpack(">H", self._take(2))[0]
        elif size == 127:
            size = struct.unpack(">Q", self._take(8))[0]
        body = self._take(size)
        return json.loads(body) if head & 15 == TEXT else {}

    def ask(self, request):
        """The ctrl that answers `request`, and how many packets came before it."""
        (body,) = request.values()
        self.count += 1
        body["id"] = str(self.count)
        text = json.dumps(request).encode()
        size = bytes([128 | len(text)]) if len(text) < 126 else b"\xfe" + struct.pack(">H", len(text))
        self.socket.sendall(b"\x81" + size + bytes(4) + text)  # masked with zeros
        before = 0
        while True:
            packet = self._packet()
            ctrl = packet.get("ctrl", {})
            if ctrl.get("id") == body["id"]:
                if ctrl["code"] >= 300:
                    raise RuntimeError(f"{request}: {ctrl}")
                return ctrl, before
            before += 1


def make_topic(port):
    client = Client(port)
    secret = base64.b64encode(b"million:million-secret").decode()
    client.ask({"acc": {"user": "new", "scheme": "basic", "secret": secret, "login": True}})
    topic = client.ask({"sub": {"topic": "new1"}})[0]["topic"]
    client.ask({"pub": {"topic": topic, "content": "the first"}})
    return topic


def log_in(port, topic):
    client = Client(port)
    secret = base64.b64encode(b"million:million-secret").decode()
    client.ask({"login": {"scheme": "basic", "secret": secret}})
    client.ask({"sub": {"topic": topic}})
    return client


def texts(count):
    """Ten words each, some as rare as in talk; one in a thousand has `needle`."""
    chance = random.Random(1)
    words = [f"{chance.choice('bcdfgklmnprst')}{chance.choice('aeiou')}{i:x}" for i in range(WORDS)]
    weights = [1 / (i + 5) for i in range(WORDS)]
    for start in range(2, count + 1, PER_BATCH):
        chosen = chance.choices(words, weights, k=10 * PER_BATCH)
        for i in range(min(PER_BATCH, count + 1 - start)):
            needle = " needle" if (start + i) % 1000 == 0 else ""
            yield start + i, " ".join(chosen[10 * i : 10 * i + 10]) + needle


def fill(database, topic, count):
    """Writes the messages and their words as the store would, with the node stopped."""
    store = sqlite3.connect(database)
    store.execute("PRAGMA synchronous = OFF")
    key, sender = store.execute(
        "SELECT k.id, m.sender FROM topic_key k JOIN message m ON m.topic = k.id WHERE k.name = ?",
        (topic,),
    ).fetchone()
    now = int(time.time() * 1000)
    batch = list(texts(count))
    store.executemany(
        "INSERT INTO message (topic, seq, created, sender, content) VALUES (?, ?, ?, ?, ?)",
        ((key, seq, now, sender, json.dumps(text)) for seq, text in batch),
    )
    store.executemany(
        "INSERT INTO message_words (rowid, words) VALUES (?, ?)",
        ((key << 32 | seq, text) for seq, text in batch),
    )
    spread(store, key, sender, batch)
    store.execute("DELETE FROM unindexed")
    store.commit()
    store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    return batch[WORDS // 4][1].split()[0]


def spread(store, key, sender, batch):
    """Puts the user into GROUPS more groups, with PER_GROUP messages each of the same words."""
    now = int(time.time() * 1000)
    for group in range(GROUPS):
        name = f"grp{group:05d}AAAAAA"
        other = store.execute("INSERT INTO topic_key (name) VALUES (?)", (name,)).lastrowid
        for table, column in (("topic", "id"), ("subscription", "topic")):
            names = [row[1] for row in store.execute(f"PRAGMA table_info({table})")]
            chosen = ", ".join("?" if name == column else name for name in names)
            store.execute(
                f"INSERT INTO {table} ({', '.join(names)}) SELECT {chosen} FROM {table} WHERE {column} = ?",
                (other, key),
            )
        taken = [batch[(group * PER_GROUP + i) % len(batch)][1] for i in range(PER_GROUP)]
        store.executemany(
            "INSERT INTO message (topic, seq, created, sender, content) VALUES (?, ?, ?, ?, ?)",
            ((other, i + 1, now + i * GROUPS + group, sender, json.dumps(text))
             for i, text in enumerate(taken)),
        )
        store.executemany(
            "INSERT INTO message_words (rowid, words) VALUES (?, ?)",
            ((other << 32 | i + 1, text) for i, text in enumerate(taken)),
        )


def percentiles(times):
    times = sorted(times)
    return times[len(times) // 2], times[len(times) * 99 // 100]


def measure(port, topic, common, count, rounds):
    """Milliseconds (median, 99 of 100) of each kind of request."""
    client = log_in(port, topic)
    chance = random.Random(2)
    queries = {"search a rare word": "needle", "search a usual word": common,
               "search two words": f"needle {common}", "search a beginning": "need*",
               "search a phrase that is not there": f'"{common} needle needle"'}

    def search(query):
        before = chance.randrange(count // 2, count)
        options = {"query": query, "before": before, "limit": 24}
        return {"get": {"topic": topic, "what": "search", "search": options}}

    makers = {
        "edit": lambda: {"pub": {"topic": topic, "head": {"replace": f":{chance.randrange(2, count)}"},
                                 "content": "an edited message"}},
        "delete": lambda: {"del": {"topic": topic, "what": "msg", "hard": True,
                                   "delseq": [{"low": chance.randrange(2, count)}]}},
    }
    for name, query in queries.items():
        makers[name] = lambda query=query: search(query)
    client.ask({"sub": {"topic": "me"}})

    def search_all(query):
        return {"get": {"topic": "me", "what": "search", "search": {"query": query, "limit": 24}}}

    for name, query in queries.items():
        makers[name + IN_ALL] = lambda query=query: search_all(query)
    figures = {}
    for name, make in makers.items():
        times = []
        for _ in range(rounds // 10 if name.endswith(IN_ALL) else rounds):
            request = make()
            started = time.perf_counter()
            client.ask(request)
            times.append((time.perf_counter() - started) * 1000)
        figures[name] = percentiles(times)
    return figures
