"""A plugin that does as the content of a message says: judge.py ADDRESS SERVICE MODULES LOG.

ADDRESS: as gRPC takes it. MODULES: the folder of the generated code. What comes in is written to LOG,
a JSON object per line: its method and its fields. It prints "ready" when it serves.
"""

import concurrent.futures
import importlib
import json
import os
import sys
import threading
import time

import grpc
from google.protobuf import json_format

ADDRESS, SERVICE, MODULES, LOG = sys.argv[1:5]
sys.path.insert(0, MODULES)
messages = importlib.import_module(
    {"molva.v1.Plugin": "molva_v1_pb2", "pbx.Plugin": "pbx_pb2"}[SERVICE])
write_lock = threading.Lock()
RUBBISH = b"\xff\xff\xff"
HANGING = 3600
MIRRORS = "JUDGE_MIRRORS" in os.environ  # then each request is replaced by itself


def note(method, message):
    with write_lock, open(LOG, "a", encoding="utf-8") as log:
        log.write(json.dumps({"method": method, **json_format.MessageToDict(
            message, preserving_proto_field_name=True)}) + "\n")


def fire_hose(request, context):
    note("FireHose", request)
    if MIRRORS:
        return messages.ServerResp(status=messages.RESP_CODE_REPLACE,
                                   clmsg=request.msg).SerializeToString()
    word = json.loads(request.msg.pub.content or b'""')
    answer = messages.ServerResp(status=messages.RESP_CODE_CONTINUE)
    if word == "drop":
        answer.status = messages.RESP_CODE_DROP
    elif word == "respond":
        answer.status = messages.RESP_CODE_RESPOND
        answer.srvmsg.ctrl.code = 299
        answer.srvmsg.ctrl.text = "seen"
        answer.srvmsg.ctrl.params["by"] = b'"judge"'
    elif word == "replace":
        answer.status = messages.RESP_CODE_REPLACE
        answer.clmsg.CopyFrom(request.msg)
        answer.clmsg.pub.content = b'"replaced"'
        answer.clmsg.pub.id = ""
    elif word == "slow":
        time.sleep(0.3)
    elif word == "hang":
        time.sleep(HANGING)
    elif word == "die":
        os._exit(3)
    elif word == "rubbish":
        return RUBBISH
    elif word == "broken json":
        answer.status = messages.RESP_CODE_REPLACE
        answer.clmsg.CopyFrom(request.msg)
        answer.clmsg.pub.content = b'{"'
    elif word == "error":
        context.abort(grpc.StatusCode.INTERNAL, "as asked")
    elif request.msg.login.scheme == "refused":
        answer.status = messages.RESP_CODE_RESPOND
        answer.srvmsg.ctrl.code = 403
        answer.srvmsg.ctrl.text = "not by this door"
    return answer.SerializeToString()


def find(query, _):
    note("Find", query)
    answer = messages.SearchFound(status=messages.RESP_CODE_CONTINUE)
    if query.query == "basic:nobody":
        answer.status = messages.RESP_CODE_DROP
    elif query.query == "a friend":
        answer.status = messages.RESP_CODE_REPLACE
        answer.query = "basic:findbob"
    elif query.query == "the bot":
        answer.status = messages.RESP_CODE_RESPOND
        answer.result.add(topic="usrAAAAAAAAAAE", public=b'{"fn":"Bot"}')
    elif query.query == "rubbish":
        return RUBBISH
    return answer.SerializeToString()


def event(method):
    def hear(message, context):
        note(method, message)
        if method == "Message" and message.msg.content == b'"bad event"':
            context.abort(grpc.StatusCode.INTERNAL, "as asked")
        return messages.Unused().SerializeToString()
    return hear


def handler(function, request):
    return grpc.unary_unary_rpc_method_handler(function, request_deserializer=request.FromString)


HANDLERS = {"FireHose": handler(fire_hose, messages.ClientReq),
            "Find": handler(find, messages.SearchQuery)}
for name in ("Account", "Topic", "Subscription", "Message"):
    HANDLERS[name] = handler(event(name), getattr(messages, name + "Event"))

server = grpc.server(concurrent.futures.ThreadPoolExecutor(16))
server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, HANDLERS),))
if server.add_insecure_port(ADDRESS) == 0:
    sys.exit(f"cannot listen on {ADDRESS}")
server.start()
print("ready", flush=True)
server.wait_for_termination()
