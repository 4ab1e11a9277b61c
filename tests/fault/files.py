#!/usr/bin/env python3
"""Files on a real node: up, down, refused, swept; a long one in little memory; kill -9 in between.

files.py [--mib=N]: the length of the long one (64).
"""

import base64
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("MOLVA_BIN", ROOT / "build/release/bin"))
PLUGINS = os.environ.get("MOLVA_PLUGINS", str(BIN.parent / "plugins"))
KEY = "AQEAAAABAAD_rAp4DJh05a1HAwFT3A6K"
PATIENCE = 60
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
BOUNDARY = "----files"


class Node:
    """A molvad of ours, ended by its id."""

    def __init__(self, folder, **settings):
        self.folder = pathlib.Path(folder)
        self.settings = {"node.plugins": PLUGINS, "log.format": "json",
                         "auth.throttle.account_failures": "0", **settings}
        self.start()

    def start(self):
        arguments = [str(BIN / "molvad"), "serve", "--data", str(self.folder / "data"),
                     "--http", "127.0.0.1:0", "--grpc", ""]
        for name, value in self.settings.items():
            arguments += ["--set", f"{name}={value}"]
        log = open(self.folder / "molvad.log", "w+", encoding="utf-8")
        self.child = subprocess.Popen(arguments, stderr=log, stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + PATIENCE
        while True:
            text = (self.folder / "molvad.log").read_text()
            found = re.search(r'"http_port":"?(\d+)', text)
            if found:
                self.port = int(found.group(1))
                return
            if self.child.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("molvad does not start: " + text)
            time.sleep(0.05)

    def end(self, sign=signal.SIGTERM):
        self.child.send_signal(sign)
        self.child.wait(PATIENCE)

    def peak_kib(self):
        status = pathlib.Path(f"/proc/{self.child.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status).group(1))

    def kept(self):
        """The files on disk, whole or not."""
        return [path for path in (self.folder / "data/files").rglob("*") if path.is_file()]

    def records(self):
        with sqlite3.connect(f"file:{self.folder}/data/molva.db?mode=ro", uri=True) as database:
            return database.execute("SELECT count(*) FROM file").fetchone()[0]

    def ask(self, method, path, body=None, headers=(), key=True):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        all_headers = {"X-Tinode-APIKey": KEY} if key else {}
        all_headers.update(dict(headers))
        connection.request(method, path, body, all_headers)
        response = connection.getresponse()
        content = response.read()
        connection.close()
        return response, content

    def upload(self, content, mime="application/octet-stream", user=None, fields=(), key=True,
               path="/v0/file/u/", headers=(), fields_first=()):
        body = form(content, mime, fields, fields_first)
        all_headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        all_headers.update(user.auth() if user else {})
        all_headers.update(dict(headers))
        response, answer = self.ask("POST", path, body, all_headers, key)
        return response.status, json.loads(answer)["ctrl"]


class User:
    """An account, and a session by long polling."""

    def __init__(self, node, login, avatar=None):
        self.node = node
        self.secret = base64.b64encode(f"{login}:password".encode()).decode()
        _, answer = node.ask("POST", "/v0/channels/lp")
        self.sid = json.loads(answer)["ctrl"]["params"]["sid"]
        self.request("hi", {"ver": "0.25"})
        ctrl = self.request("acc", {"user": "new", "scheme": "basic", "secret": self.secret,
                                    "login": True, "desc": {"public": {"fn": login}}},
                            {"attachments": [avatar]} if avatar else None)
        self.id = ctrl["params"]["user"]

    def auth(self):
        return {"X-Tinode-Auth": "Basic " + self.secret}

    def request(self, what, fields, extra=None):
        packet = {what: {"id": "1", **fields}}
        if extra:
            packet["extra"] = extra
        self.node.ask("POST", f"/v0/channels/lp?sid={self.sid}", json.dumps(packet),
                      {"Content-Type": "application/json"})
        while True:
            _, answer = self.node.ask("GET", f"/v0/channels/lp?sid={self.sid}")
            got = json.loads(answer) if answer else {}
            if got.get("ctrl", {}).get("id") == "1":
                return got["ctrl"]


def form(content, mime, fields, fields_first=()):
    def field(name, value):
        return (f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n"
                f"{value}\r\n").encode()
    head = (f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n"
            f"Content-Type: {mime}\r\n\r\n").encode()
    return (b"".join(field(*one) for one in fields_first) + head + content + b"\r\n" +
            b"".join(field(*one) for one in fields) + f"--{BOUNDARY}--\r\n".encode())


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def same(got, wanted):
    expect(got == wanted, f"{got!r} is not {wanted!r}")


def wait_for(condition, what):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        expect(time.monotonic() < deadline, f"waited in vain: {what}")
        time.sleep(0.1)


def test_up_and_down(node, ann):
    """Case 167: an image goes up and comes down, inline or to be saved."""
    status, ctrl = node.upload(PNG, "text/html", ann, [("id", "77")])
    same(status, 200)
    same((ctrl["id"], ctrl["text"]), ("77", "ok"))
    url = ctrl["params"]["url"]
    expect(re.fullmatch(r"/v0/file/s/[-_A-Za-z0-9]{11}\.png", url), url)
    expect("expires" in ctrl["params"], "no expires")
    response, content = node.ask("GET", url, headers=ann.auth())
    same((response.status, content), (200, PNG))
    same(response.getheader("Content-Type"), "image/png")
    same(response.getheader("Content-Disposition"), "inline")
    same(response.getheader("X-Content-Type-Options"), "nosniff")
    expect(response.getheader("Content-Security-Policy").startswith("sandbox"), "no sandbox")
    response, _ = node.ask("GET", url + "?asatt=1", headers=ann.auth())
    same(response.getheader("Content-Disposition"), "attachment")
    response, content = node.ask("HEAD", url, headers=ann.auth())
    same((response.status, content, response.getheader("Content-Length")),
         (200, b"", str(len(PNG))))
    same(node.upload(b"", "", ann)[0], 200)


def test_hostile_types(node, ann):
    """Case 168: what a browser could run is saved, whatever it is called."""
    hostile = {
        b"<!DOCTYPE html><script>alert(1)</script>": "image/png",
        b"  \n<html><body onload=x>": "image/gif",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>": "image/svg+xml",
        b"<?xml version='1.0'?><svg/>": "image/svg+xml",
        b"\x00\x01<svg onload=x>": "image/svg+xml",
        b"\x00\x01<html>": "text/html",
        b"GIF89a/*\x00\x00*/=1;alert(1)": "image/gif",
        b"GIF89a=1;alert(document.cookie)": "image/gif",
        b"GIF89a\x01\x00\x01\x00<script>alert(1)</script>": "image/gif",
        b"BM=1;alert(document.cookie)//": "image/bmp",
        b"\x89PNG\r\n\x1a\n<html><script>alert(1)</script>": "image/png",
        b"%PDF-1.4\n<html><script>alert(1)</script>": "application/pdf",
        b"alert(document.cookie)": "image/jpeg",
        b"\x00\x01\x02": "application/xhtml+xml",
        b"\x00\x01\x02": "image/png\r\nSet-Cookie: a=b",
    }
    for content, mime in hostile.items():
        _, ctrl = node.upload(content, mime.replace("\r\n", " "), ann)
        response, got = node.ask("GET", ctrl["params"]["url"], headers=ann.auth())
        same(got, content)
        same((mime, response.getheader("Content-Disposition")), (mime, "attachment"))
        same(response.getheader("X-Content-Type-Options"), "nosniff")


def test_who_may(node, ann):
    """Case 169: without a login only for a new account; the key in any case."""
    same(node.upload(PNG)[0], 401)
    same(node.upload(PNG, fields=[("topic", "newacc")])[0], 200)
    same(node.upload(PNG, fields_first=[("topic", "newacc")])[0], 200)
    same(node.upload(PNG, user=ann, key=False)[0], 403)
    same(node.upload(PNG, user=ann, key=False, fields=[("apikey", KEY)])[0], 200)
    same(node.upload(PNG, user=ann, key=False, fields=[("apikey", "x")])[0], 403)
    same(node.upload(PNG, headers={"X-Tinode-Auth": "Basic ***"})[0], 400)
    same(node.upload(PNG, headers={"X-Tinode-Auth": "Nonsense AAAA"})[0], 400)
    wrong = base64.b64encode(b"ann:wrong-one").decode()
    same(node.upload(PNG, headers={"X-Tinode-Auth": "Basic " + wrong})[0], 401)
    same(node.upload(PNG, fields=[("auth", "basic"), ("secret", wrong)])[0], 401)
    same(node.upload(PNG, fields=[("auth", "basic"), ("secret", ann.secret)])[0], 200)
    same(node.upload(PNG, fields=[("sid", ann.sid)])[0], 200)
    same(node.upload(PNG, fields=[("sid", ann.sid[::-1])])[0], 403)
    same(node.upload(PNG, headers={"Authorization": "basic " + ann.secret})[0], 200)
    same(node.upload(PNG, headers={"Cookie": f"auth=basic; secret={ann.secret}"})[0], 200)
    query = f"?auth=basic&secret={ann.secret.replace('=', '%3D').replace('+', '%2B')}"
    same(node.upload(PNG, path="/v0/file/u" + query)[0], 200)
    _, ctrl = node.upload(PNG, user=ann)
    url = ctrl["params"]["url"]
    same(node.ask("GET", url)[0].status, 401)
    same(node.ask("GET", url, key=False)[0].status, 403)
    same(node.ask("GET", url + query + "&apikey=" + KEY, key=False)[0].status, 200)
    same(node.ask("GET", url + "?sid=" + ann.sid)[0].status, 200)
    same(node.ask("GET", "/v0/file/s/AAAAAAAAAAE", headers=ann.auth())[0].status, 404)
    same(node.ask("GET", "/v0/file/s/..%2f..%2fmolva", headers=ann.auth())[0].status, 404)
    same(node.ask("DELETE", url, headers=ann.auth())[0].status, 405)
    same(node.ask("DELETE", "/v0/file/u/", headers=ann.auth())[0].status, 405)
    same(node.ask("HEAD", "/v0/file/u/", headers=ann.auth())[0].status, 200)
    preflight = {"Origin": "https://x.example", "Access-Control-Request-Method": "PUT"}
    response, _ = node.ask("OPTIONS", "/v0/file/u/", headers=preflight, key=False)
    same((response.status, response.getheader("Access-Control-Allow-Methods")),
         (204, "POST, PUT, HEAD, OPTIONS"))


def test_conditions(node, ann):
    """Case 170: what the client has is not sent again; parts are."""
    _, ctrl = node.upload(PNG, "", ann)
    url = ctrl["params"]["url"]

    def get(**headers):
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return node.ask("GET", url, headers={**ann.auth(), **names})
    response, _ = get()
    etag, modified = response.getheader("ETag"), response.getheader("Last-Modified")
    for known in ({"If_None_Match": etag}, {"If_None_Match": f'"x", W/{etag}'},
                  {"If_Modified_Since": modified}):
        response, content = get(**known)
        same((response.status, content, response.getheader("ETag")), (304, b"", etag))
    same(get(If_None_Match='"x"', If_Modified_Since=modified)[0].status, 200)
    response, content = get(Range="bytes=10-19")
    same((response.status, content), (206, PNG[10:20]))
    same(response.getheader("Content-Range"), f"bytes 10-19/{len(PNG)}")
    same(get(Range="bytes=-5")[1], PNG[-5:])
    same(get(Range="bytes=2000-")[1], PNG[2000:])
    same(get(Range="bytes=0-1,5-6")[1], PNG)
    same(get(Range="bytes=0-1", If_Range='"x"')[1], PNG)
    same(get(Range="bytes=0-1", If_Range=etag)[1], PNG[:2])
    response, _ = get(Range=f"bytes={len(PNG)}-")
    same((response.status, response.getheader("Content-Range")), (416, f"bytes */{len(PNG)}"))


def test_too_long(node, ann):
    """Case 171: longer than allowed is 413, seen before or on the way; a broken form is 400."""
    limit = 2 << 20
    same(node.upload(bytes(limit), "", ann)[0], 200)
    same(node.upload(bytes(limit + 1), "", ann)[0], 413)
    same(node.upload(bytes(limit + (4 << 20)), "", ann)[0], 413)
    multipart = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", **ann.auth()}
    for body, headers in ((b"", multipart), (b"nonsense", multipart), (b"x", ann.auth()),
                          (form(PNG, "", ())[:-10], multipart),
                          (b"--" + BOUNDARY.encode() + b"--\r\n", multipart),
                          (form(PNG, "", [("id", "x" * 5000)]), multipart)):
        same(node.ask("POST", "/v0/file/u/", body, headers)[0].status, 400)


def test_one_connection(node, ann):
    """A connection serves one request after the other, of files and of other things."""
    connection = http.client.HTTPConnection("127.0.0.1", node.port, timeout=PATIENCE)
    headers = {"X-Tinode-APIKey": KEY, **ann.auth()}
    sockets = set()
    for _ in range(3):
        multipart = {**headers, "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        connection.request("PUT", "/v0/file/u/", form(PNG, "", ()), multipart)
        url = json.loads(connection.getresponse().read())["ctrl"]["params"]["url"]
        sockets.add(connection.sock.getsockname())
        connection.request("GET", url, headers=headers)
        same(connection.getresponse().read(), PNG)
        connection.request("GET", "/nothing", headers=headers)
        same(connection.getresponse().read()[:7], b'{"ctrl"')
    connection.close()
    same(len(sockets), 1)


def test_go_ahead(node, ann):
    """A client that asks before it sends is told to go on."""
    body = form(PNG, "", ())
    head = (f"POST /v0/file/u/ HTTP/1.1\r\nHost: x\r\nX-Tinode-APIKey: {KEY}\r\n"
            f"X-Tinode-Auth: {ann.auth()['X-Tinode-Auth']}\r\nContent-Length: {len(body)}\r\n"
            f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
            "Expect: 100-continue\r\n\r\n").encode()
    with socket.create_connection(("127.0.0.1", node.port), PATIENCE) as one:
        one.sendall(head)
        expect(one.recv(100).startswith(b"HTTP/1.1 100 "), "no go-ahead")
        for byte in range(0, len(body), 7):
            one.sendall(body[byte:byte + 7])
        expect(one.recv(100).startswith(b"HTTP/1.1 200 "), "not taken")


def send_long(node, ann, size, cut=None):
    """Sends a file of `size` bytes that is nowhere whole; closes after `cut` bytes."""
    block = bytes(range(256)) * 1024
    parts = form(b"", "application/octet-stream", ()).split(b"\r\n\r\n", 1)
    head, tail = parts[0] + b"\r\n\r\n", parts[1]
    connection = http.client.HTTPConnection("127.0.0.1", node.port, timeout=PATIENCE * 5)
    connection.putrequest("POST", "/v0/file/u/")
    for name, value in {"X-Tinode-APIKey": KEY, **ann.auth(),
                        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
                        "Content-Length": str(len(head) + size + len(tail))}.items():
        connection.putheader(name, value)
    connection.endheaders()
    connection.send(head)
    for sent in range(0, size, len(block)):
        if cut is not None and sent >= cut:
            return connection
        connection.send(block)
    connection.send(tail)
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer["ctrl"]["params"]["url"]


def test_long_file(folder, mib):
    """A long file takes little memory, up and down."""
    node = Node(folder, **{"media.max_size": f"{mib} MiB", "media.bytes_per_day": "0"})
    try:
        ann = User(node, "ann")
        before = node.peak_kib()
        started = time.monotonic()
        url = send_long(node, ann, mib << 20)
        up = time.monotonic() - started
        started = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", node.port, timeout=PATIENCE * 5)
        connection.request("GET", url, headers={"X-Tinode-APIKey": KEY, **ann.auth()})
        response = connection.getresponse()
        got = 0
        block = bytes(range(256)) * 1024
        while content := response.read(len(block)):
            expect(content == block[:len(content)], f"wrong bytes at {got}")
            got += len(content)
        down = time.monotonic() - started
        same(got, mib << 20)
        rise = (node.peak_kib() - before) / 1024
        print(f"      {mib} MiB: up {mib / up:.0f} MiB/s, down {mib / down:.0f} MiB/s,"
              f" memory +{rise:.1f} MiB")
        # A sanitizer keeps what was freed.
        if os.environ.get("MOLVA_PRESET") not in ("asan", "tsan"):
            expect(rise < 64, f"memory rose by {rise:.1f} MiB")
    finally:
        node.end()


def test_sweeping(folder):
    """What nothing refers to goes after its time; what a message or a card refers to stays."""
    settings = {"media.gc_grace": "2s", "media.gc_period": "1s"}
    node = Node(folder, **settings)
    try:
        ann = User(node, "ann")
        urls = [node.upload(PNG, "", ann)[1]["params"]["url"] for _ in range(4)]
        avatar = node.upload(PNG, fields=[("topic", "newacc")])[1]["params"]["url"]
        bob = User(node, "bob", avatar)
        topic = ann.request("sub", {"topic": "new1"}, {"attachments": [urls[0]]})["topic"]
        same(ann.request("pub", {"topic": topic, "content": "x"},
                         {"attachments": [urls[1], "https://x.example/v0/file/s/x"]})["code"], 202)
        same(ann.request("pub", {"topic": topic, "content": "y"},
                         {"attachments": [urls[2] + "?a=b"]})["code"], 202)
        wait_for(lambda: len(node.kept()) == 4 and node.records() == 4, "the unused one goes")
        bob.request("set", {"topic": "me", "desc": {"public": {"fn": "bob"}}},
                    {"attachments": [urls[0]]})
        same(bob.request("set", {"topic": "me", "desc": {"public": {"fn": "Robert"}}},
                         {"attachments": [urls[0]]})["code"], 200)
        wait_for(lambda: len(node.kept()) == 3 and node.records() == 3, "the avatar goes")
        bob.request("del", {"what": "user", "hard": True})
        same(node.ask("GET", urls[3], headers=ann.auth())[0].status, 404)
        for url in urls[:3]:
            same(node.ask("GET", url, headers=ann.auth())[0].status, 200)
        ann.request("del", {"what": "msg", "topic": topic, "delseq": [{"low": 1}], "hard": True})
        wait_for(lambda: len(node.kept()) == 2 and node.records() == 2, "the message's one goes")
        ann.request("set", {"topic": topic, "desc": {"public": {"fn": "x"}}},
                    {"attachments": [urls[2]]})
        wait_for(lambda: len(node.kept()) == 1 and node.records() == 1, "the former card's goes")
        same(node.ask("GET", urls[2], headers=ann.auth())[0].status, 200)
        ann.request("del", {"what": "topic", "topic": topic, "hard": True})
        wait_for(lambda: not node.kept() and node.records() == 0, "the topic's goes")
    finally:
        node.end()


def test_kill(folder):
    """kill -9 in the middle of an upload leaves nothing behind for long."""
    node = Node(folder, **{"media.gc_grace": "2s", "media.gc_period": "1s"})
    try:
        ann = User(node, "ann")
        connection = send_long(node, ann, 6 << 20, cut=3 << 20)
        wait_for(lambda: node.records() == 1 and node.kept(), "the upload is under way")
        node.end(signal.SIGKILL)
        connection.close()
        same(node.records(), 1)
        node.start()
        wait_for(lambda: not node.kept() and node.records() == 0, "what is left of it goes")
        connection = send_long(node, ann, 6 << 20, cut=3 << 20)
        wait_for(lambda: node.records() == 1 and node.kept(), "the upload is under way")
        time.sleep(4)  # longer than the grace: what is under way must stay
        same(node.records(), 1)
        connection.close()
        wait_for(lambda: not node.kept() and node.records() == 0, "what was cut off goes")
    finally:
        node.end()


def main():
    mib = next((int(one[6:]) for one in sys.argv if one.startswith("--mib=")), 64)
    results = []

    def run(name, test, *arguments):
        try:
            test(*arguments)
            results.append(True)
            print(f"ok    {name}")
        except Exception as error:  # a test that fails is told, and the others run
            results.append(False)
            print(f"FAIL  {name}: {type(error).__name__}: {error}")

    def folder():
        return tempfile.TemporaryDirectory(prefix="molva_files_")

    with folder() as place:
        node = Node(place, **{"media.max_size": "2 MiB"})
        ann = User(node, "ann")
        for name in ("up_and_down", "hostile_types", "who_may", "conditions", "too_long",
                     "one_connection", "go_ahead"):
            run(name, globals()["test_" + name], node, ann)
        node.end()
    for name, arguments in (("long_file", (mib,)), ("sweeping", ()), ("kill", ())):
        with folder() as place:
            run(name, globals()["test_" + name], place, *arguments)
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
