"""A session over MessageLoop, of either package."""

import json
import queue

import grpc

from node import PATIENCE


class Session:
    """What comes is read as it is wanted; a reply is found by the id of its request."""

    def __init__(self, node, messages, stubs, timeout=PATIENCE):
        self.messages = messages
        self.channel = grpc.insecure_channel(node.grpc)
        self.outbox = queue.Queue()
        self.stream = stubs.NodeStub(self.channel).MessageLoop(iter(self.outbox.get, None),
                                                               timeout=timeout)
        self.seen = []
        self.count = 0
        self.is_batched = messages.DESCRIPTOR.package == "molva.v1"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.outbox.put(None)
        self.stream.cancel()
        self.channel.close()

    def read(self):
        """The next packets: one, but for a batch."""
        element = next(self.stream)
        got = list(element.messages) if self.is_batched else [element]
        self.seen += got
        return got

    def find(self, is_wanted):
        """The first packet for which it holds, waiting for it if need be; takes it away."""
        at = 0
        while True:
            while at < len(self.seen):
                if is_wanted(self.seen[at]):
                    return self.seen.pop(at)
                at += 1
            self.read()

    def ask(self, what, /, **fields):
        """Sends a request; returns its ctrl."""
        self.count += 1
        id_ = str(self.count)
        request = self.messages.ClientMsg()
        getattr(request, what).CopyFrom(type(getattr(request, what))(id=id_, **fields))
        self.outbox.put(request)
        return self.find(lambda packet: packet.ctrl.id == id_).ctrl

    def register(self, login):
        """A new account, logged in; returns its id."""
        self.ask("hi", ver="0.25", user_agent="python/grpcio")
        acc = self.ask("acc", user_id="new", scheme="basic", secret=f"{login}:password".encode(),
                       login=True, desc=self.messages.SetDesc(
                           public=json.dumps({"fn": login}).encode()))
        assert acc.code == 200, acc
        return json.loads(acc.params["user"])
