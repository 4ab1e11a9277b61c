"""LargeFileReceive and LargeFileServe. Source: docs/protocol transports §5, §6, §8."""

import base64
import json
import os
import threading
import time
import urllib.error
import urllib.request

import grpc

from node import Node, PATIENCE, expect, same, wait_for
from session import Session

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
BLOCK = bytes(range(256)) * 512
LIMIT = 2 << 20
NO_FILE = "/v0/file/s/AAAAAAAAAAE"


class Client:
    """Calls about files, as whoever `login` is; `auth` says what is shown instead."""

    def __init__(self, node, package, login):
        self.messages, stubs = package
        self.channel = grpc.insecure_channel(node.grpc)
        self.stub = stubs.NodeStub(self.channel)
        secret = base64.b64encode(f"{login}:password".encode()).decode()
        self.auth = self.messages.Auth(scheme="basic", secret=secret)

    def element(self, content=b"", size=0, mime="", topic="", auth=None):
        meta = self.messages.FileMeta(mime_type=mime, size=size)
        return self.messages.FileUpReq(id="77", auth=auth or self.auth, topic=topic, meta=meta,
                                       content=content)

    def up(self, *elements):
        """The answer to elements of bytes, behind a first one that is whole."""
        first, rest = elements[0], elements[1:]
        stream = [first, *(self.messages.FileUpReq(content=one) for one in rest)]
        return self.stub.LargeFileReceive(iter(stream), timeout=PATIENCE)

    def down(self, uri, auth=None, **fields):
        """All elements of the answer."""
        request = self.messages.FileDownReq(id="78", auth=auth or self.auth, uri=uri, **fields)
        return list(self.stub.LargeFileServe(request, timeout=PATIENCE))


def register(node, schemas, login):
    with Session(node, *schemas.molva) as session:
        session.register(login)


def test_up_and_down(node, schemas):
    """A file that came in pieces, the first with the first element, goes out as it came."""
    register(node, schemas, "updown")
    for package in (schemas.molva, schemas.pbx):
        client = Client(node, package, "updown")
        for pieces in ((PNG,), (b"", PNG), (PNG[:3], PNG[3:700], b"", PNG[700:])):
            answer = client.up(client.element(pieces[0], mime="text/html"), *pieces[1:])
            same((answer.id, answer.code, answer.text), ("77", 200, "OK"))
            same((answer.meta.mime_type, answer.meta.size), ("image/png", len(PNG)))
            expect(answer.meta.name.endswith(".png"), answer.meta.name)
            elements = client.down(answer.meta.name)
            first = elements[0]
            same((first.id, first.code, first.text), ("78", 200, "OK"))
            same(first.meta.name, answer.meta.name.rpartition("/")[2])
            same((first.meta.mime_type, first.meta.size, first.meta.etag),
                 ("image/png", len(PNG), answer.meta.etag))
            same(b"".join(element.content for element in elements), PNG)
            known = client.down(answer.meta.name, if_modified=answer.meta.etag)
            same([(one.code, one.content) for one in known], [(304, b"")])
            same(client.down(answer.meta.name, if_modified="x")[0].code, 200)


def test_what_comes_here_goes_out_over_http(node, schemas):
    """Both doors have the same files."""
    register(node, schemas, "http")
    client = Client(node, schemas.molva, "http")
    url = client.up(client.element(PNG)).meta.name
    request = urllib.request.Request(node.http + url, headers={
        "X-Tinode-APIKey": "AQEAAAABAAD_rAp4DJh05a1HAwFT3A6K",
        "X-Tinode-Auth": "basic " + client.auth.secret})
    same(urllib.request.urlopen(request, timeout=PATIENCE).read(), PNG)


def test_an_empty_file(node, schemas):
    """Nothing is a file too: one element says so."""
    register(node, schemas, "empty")
    client = Client(node, schemas.molva, "empty")
    answer = client.up(client.element())
    same((answer.code, answer.meta.size), (200, 0))
    same([(one.code, one.content) for one in client.down(answer.meta.name)], [(200, b"")])


def test_who_may(node, schemas):
    """The secrets of HTTP with the refusals of HTTP."""
    register(node, schemas, "whomay")
    client = Client(node, schemas.pbx, "whomay")
    url = client.up(client.element(PNG)).meta.name
    auth = client.messages.Auth
    with Session(node, *schemas.pbx) as session:
        session.ask("hi", ver="0.25")
        login = session.ask("login", scheme="basic", secret=b"whomay:password")
        token = auth(scheme="token", secret=json.loads(login.params["token"]))
    same(client.up(client.element(PNG, auth=token)).code, 200)
    same(client.down(url, auth=token)[0].code, 200)
    nobody = auth(scheme="", secret="")
    wrong = base64.b64encode(b"whomay:other").decode()
    refusals = [(auth(scheme="basic", secret="***"), 400), (auth(scheme="x", secret="AAAA"), 400),
                (auth(scheme="basic", secret=wrong), 401), (nobody, 401),
                (auth(scheme="token", secret="A" * 67 + "="), 401)]
    for shown, code in refusals:
        same(client.up(client.element(PNG, auth=shown)).code, code)
        same([one.code for one in client.down(url, auth=shown)], [code])
    same(client.up(client.element(PNG, auth=nobody, topic="newacc")).code, 200)
    same(client.up(client.element(PNG, auth=nobody, topic="newacc"), PNG).meta.size, 2 * len(PNG))


def test_who_is_suspended(node, schemas):
    """Gets no files and brings none, here and over HTTP, until he is restored."""
    register(node, schemas, "suspended")
    client = Client(node, schemas.molva, "suspended")
    url = client.up(client.element(PNG)).meta.name

    def fetch():
        request = urllib.request.Request(node.http + url, headers={
            "X-Tinode-APIKey": "AQEAAAABAAD_rAp4DJh05a1HAwFT3A6K",
            "X-Tinode-Auth": "basic " + client.auth.secret})
        try:
            return urllib.request.urlopen(request, timeout=PATIENCE).status
        except urllib.error.HTTPError as error:
            return error.code
    same(fetch(), 200)
    node.admin("user", "suspend", "suspended")
    same((client.up(client.element(PNG)).code, client.down(url)[0].code, fetch()),
         (403, 403, 403))
    node.admin("user", "restore", "suspended")
    same((client.up(client.element(PNG)).code, client.down(url)[0].code, fetch()),
         (200, 200, 200))


def test_too_long(node, schemas):
    """Longer than allowed is 413, said before or seen on the way."""
    register(node, schemas, "toolong")
    client = Client(node, schemas.molva, "toolong")
    blocks = [BLOCK] * (LIMIT // len(BLOCK))
    same(client.up(client.element(), *blocks).code, 200)
    same(client.up(client.element(), *blocks, b"x").code, 413)
    same(client.up(client.element(), *blocks, *blocks, *blocks).code, 413)
    same(client.up(client.element(PNG, size=LIMIT + 1)).code, 413)


def test_what_was_said_of_the_size(node, schemas):
    """Less than was said is 408, more is 400; no element at all is 408."""
    register(node, schemas, "size")
    client = Client(node, schemas.molva, "size")
    before = len(node.kept())
    same(client.up(client.element(PNG[:9], size=10), PNG[9:10]).code, 200)
    same(client.up(client.element(PNG[:9], size=11), PNG[9:10]).code, 408)
    same(client.up(client.element(PNG[:9], size=9), PNG[9:10]).code, 400)
    same(client.up(client.element(PNG, size=-1)).code, 400)
    same(client.stub.LargeFileReceive(iter(()), timeout=PATIENCE).code, 408)
    wait_for(lambda: len(node.kept()) == before + 1, "what was refused goes")


def test_no_such_file(node, schemas):
    """404 in one element, whatever the uri is."""
    register(node, schemas, "missing")
    client = Client(node, schemas.pbx, "missing")
    for uri in (NO_FILE, "AAAAAAAAAAE", "", "x", "/v0/file/s/..%2f..%2fmolva", "../molva.db",
                "https://x.example" + NO_FILE):
        same([(one.id, one.code, one.text) for one in client.down(uri)],
             [("78", 404, "not found")])


def test_nonsense(node, schemas):
    """Bytes that are no message are 400."""
    channel = grpc.insecure_channel(node.grpc)
    messages = schemas.molva[0]
    for method, answer in (("LargeFileReceive", messages.FileUpResp),
                           ("LargeFileServe", messages.FileDownResp)):
        call = channel.stream_stream(f"/molva.v1.Node/{method}", lambda text: text,
                                     answer.FromString)
        same([one.code for one in call(iter([b"\xff\xff"]), timeout=PATIENCE)], [400])


def test_the_allowance_of_a_day(folder, schemas):
    """More than a user may bring is 422, and what came of it goes."""
    with Node(folder, **{"media.bytes_per_day": "1 MiB", "media.max_size": "2 MiB"}) as node:
        register(node, schemas, "ann")
        client = Client(node, schemas.molva, "ann")
        blocks = [BLOCK] * 7
        same(client.up(client.element(), *blocks).code, 200)
        same(client.up(client.element(), *blocks).code, 422)
        same(client.up(client.element(PNG)).code, 422)
        register(node, schemas, "bob")
        bob = Client(node, schemas.molva, "bob")
        same(bob.up(bob.element(PNG)).code, 200)
        wait_for(lambda: len(node.kept()) == 2 and node.records() == 2, "what was refused goes")


def test_too_many_at_once(folder, schemas):
    """More than a user may have on their way is 503; one that is cancelled makes room."""
    with Node(folder, **{"media.transfers_per_user": "2"}) as node:
        register(node, schemas, "ann")
        client = Client(node, schemas.molva, "ann")
        url = client.up(client.element(PNG)).meta.name
        goes_on = threading.Event()

        def elements():
            yield client.element(PNG)
            goes_on.wait(PATIENCE)
        calls = [client.stub.LargeFileReceive.future(elements(), timeout=PATIENCE)
                 for _ in range(2)]
        wait_for(lambda: node.transfers() == 2, "both are under way")
        same([one.code for one in client.down(url)], [503])
        same(client.up(client.element(PNG)).code, 503)
        calls[0].cancel()
        wait_for(lambda: node.transfers() == 1, "the cancelled one makes room")
        same(client.up(client.element(PNG)).code, 200)
        goes_on.set()
        same((calls[1].result().code, node.transfers()), (200, 0))


def cut_off(node, schemas, how):
    """An upload that its client ends in the middle."""
    client = Client(node, schemas.molva, "ann")

    def elements():
        yield client.element()
        for _ in range(30):
            yield client.messages.FileUpReq(content=BLOCK)
        wait_for(lambda: node.records() == 1 and node.kept(), "it is under way")
        if how == "cancel":
            call.cancel()
        else:
            client.channel.close()

    call = client.stub.LargeFileReceive.future(elements(), timeout=PATIENCE)
    wait_for(call.done, "the call ends")
    same(call.code().name, "CANCELLED")


def test_a_client_that_goes(folder, schemas):
    """What was cut off in the middle leaves nothing behind."""
    with Node(folder, **{"media.gc_grace": "1s", "media.gc_period": "1s",
                         "media.max_size": "8 MiB"}) as node:
        register(node, schemas, "ann")
        for how in ("cancel", "hang up"):
            cut_off(node, schemas, how)
            wait_for(lambda: node.transfers() == 0 and node.records() == 0 and not node.kept(),
                     "what was cut off goes")


def test_a_node_without_files(folder, schemas):
    """The methods are not there."""
    with Node(folder, **{"media.plugin": ""}) as node:
        client = Client(node, schemas.molva, "ann")
        for call in (lambda: client.up(client.element(PNG)), lambda: client.down(NO_FILE)):
            try:
                call()
                raise AssertionError("it is there")
            except grpc.RpcError as error:
                same(error.code(), grpc.StatusCode.UNIMPLEMENTED)


def test_a_long_file(folder, schemas, mib):
    """Takes little memory, up and down, though its reader begins late."""
    with Node(folder, **{"media.max_size": f"{mib} MiB", "media.bytes_per_day": "0"}) as node:
        register(node, schemas, "ann")
        client = Client(node, schemas.molva, "ann")
        before = node.peak_kib()
        started = time.monotonic()
        answer = client.up(client.element(size=mib << 20), *[BLOCK] * (mib * 8))
        up = time.monotonic() - started
        same((answer.code, answer.meta.size), (200, mib << 20))
        started = time.monotonic()
        request = client.messages.FileDownReq(auth=client.auth, uri=answer.meta.name)
        stream = client.stub.LargeFileServe(request, timeout=PATIENCE * 5)
        got = 0
        for element in stream:
            if got == 0:
                time.sleep(1)
            at = got % len(BLOCK)
            doubled = BLOCK + BLOCK + BLOCK + BLOCK
            expect(element.content == doubled[at:at + len(element.content)], f"wrong at {got}")
            got += len(element.content)
        down = time.monotonic() - started - 1
        same(got, mib << 20)
        rise = (node.peak_kib() - before) / 1024
        print(f"      {mib} MiB: up {mib / up:.0f} MiB/s, down {mib / down:.0f} MiB/s,"
              f" memory +{rise:.1f} MiB")
        # A sanitizer keeps what was freed.
        if os.environ.get("MOLVA_PRESET") not in ("asan", "tsan"):
            expect(rise < 64, f"memory rose by {rise:.1f} MiB")


# On a node that they share.
TESTS = [test_up_and_down, test_what_comes_here_goes_out_over_http, test_an_empty_file,
         test_who_may, test_who_is_suspended, test_too_long, test_what_was_said_of_the_size,
         test_no_such_file, test_nonsense]
# On one of their own.
OWN_NODE_TESTS = [test_the_allowance_of_a_day, test_too_many_at_once, test_a_client_that_goes,
                  test_a_node_without_files]
