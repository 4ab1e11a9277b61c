#!/usr/bin/env python3
"""A service that judges logins for auth_rest: prints its port, then what it is asked, a line each.

People are login:password pairs of the command line. The first login of each makes an account.
Accounts that are made and end here come and go there: "refused" cannot be made, "staying" not end.
Tags of the namespace "team" are the service's. "slow:" never gets an answer, "long:" one of a megabyte, "broken:" 500, "away:" a redirection.
"""

import base64
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

people = dict(pair.split(":", 1) for pair in sys.argv[1:])
uids = {}
lock = threading.Lock()
over = threading.Event()


def secret_of(question):
    return base64.b64decode(question.get("secret", "")).decode()


def judge(question):
    login, _, password = secret_of(question).partition(":")
    uid = question.get("rec", {}).get("uid")
    with lock:
        if question["endpoint"] == "auth":
            if people.get(login) != password:
                return {"err": "failed"}
            if login in uids:
                return {"rec": {"uid": uids[login], "authlvl": "auth", "features": "V"}}
            card = {"fn": login.capitalize()}
            return {"rec": {"authlvl": "auth", "tags": ["team:red"]},
                    "newacc": {"auth": "JRWPS", "anon": "N", "public": card, "private": {"n": 1}}}
        if question["endpoint"] == "link":
            if login == "unlinked":
                return {"err": "duplicate value"}
            uids[login] = uid
            return {}
        if question["endpoint"] == "checkunique":
            return {"boolval": login not in people}
        if question["endpoint"] == "add":
            if login == "refused":
                return {"err": "policy"}
            people[login] = password
            uids[login] = uid
            return {"rec": {"uid": uid, "tags": ["team:blue"]}}
        if question["endpoint"] == "del":
            known = [name for name, value in uids.items() if value == uid]
            if not known:
                return {"err": "not found"}
            if known[0] == "staying":
                return {"err": "unsupported"}
            del uids[known[0]], people[known[0]]
            return {}
        if question["endpoint"] == "rtagns":
            return {"strarr": ["team"]}
        if question["endpoint"] == "upd":
            known = [name for name, value in uids.items() if value == uid]
            if not known:
                return {"err": "not found"}
            if len(password) < 3:
                return {"err": "policy"}
            people[known[0]] = password
            return {}
    return {"err": "unsupported"}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        print(json.dumps({"path": self.path, "endpoint": question["endpoint"],
                          "name": question["name"]}), flush=True)
        secret = secret_of(question)
        if secret.startswith("slow:"):
            over.wait()
        code = {"broken": 500, "away": 302}.get(secret.split(":")[0], 200)
        answer = {"x": "x" * 1_000_000} if secret.startswith("long:") else judge(question)
        body = json.dumps(answer).encode()
        self.send_response(code)
        if code == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Service(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass  # whoever does not wait for an answer hangs up


server = Service(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()  # until whoever started it goes
