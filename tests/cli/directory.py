"""A directory (slapd) of our own on loopback, with a certificate of our own."""

import pathlib
import shutil
import socket
import subprocess
import time

SLAPD = shutil.which("slapd", path="/usr/sbin:/usr/bin:/sbin:/bin")
SLAPADD = shutil.which("slapadd", path="/usr/sbin:/usr/bin:/sbin:/bin")
PATIENCE = 30  # seconds

SETTINGS = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/slapd.pid
TLSCertificateFile {folder}/server.crt
TLSCertificateKeyFile {folder}/server.key
database mdb
suffix "dc=example,dc=org"
directory {folder}/db
rootdn "cn=node,dc=example,dc=org"
rootpw "node's word"
maxsize 10485760
access to attrs=userPassword by anonymous auth by * none
access to * by * none
"""

ENTRIES = """
dn: dc=example,dc=org
objectClass: dcObject
objectClass: organization
o: example
dc: example

"""

PERSON = """
dn: {dn},dc=example,dc=org
objectClass: inetOrgPerson
uid: {uid}
cn: {name}
sn: {name}
mail: {uid}@example.org
employeeType: {kind}
userPassword: {password}

"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Directory:
    """Ann and Bob are people; Eve is twice there, Cid is none of the staff."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        (self.folder / "db").mkdir(parents=True)
        (self.folder / "slapd.conf").write_text(SETTINGS.format(folder=self.folder))
        self.make_certificate()
        people = [("uid=ann", "ann", "Ann Ärmel", "staff", "ann's word"),
                  ("uid=bob", "bob", "Bob", "staff", "bob's word"),
                  ("uid=cid", "cid", "Cid", "guest", "cid's word"),
                  ("cn=eve one", "eve", "eve one", "staff", "eve's word"),
                  ("cn=eve two", "eve", "eve two", "staff", "eve's word")]
        text = ENTRIES + "".join(PERSON.format(dn=dn, uid=uid, name=name, kind=kind, password=word)
                                 for dn, uid, name, kind, word in people)
        self.tool([SLAPADD, "-f", str(self.folder / "slapd.conf")], text)
        self.port = free_port()
        self.tls_port = free_port()
        self.process = subprocess.Popen(
            [SLAPD, "-f", str(self.folder / "slapd.conf"), "-d", "0", "-h",
             f"ldap://127.0.0.1:{self.port} ldaps://127.0.0.1:{self.tls_port}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.wait_for_start()
        self.url = f"ldap://127.0.0.1:{self.port}"
        self.tls_url = f"ldaps://127.0.0.1:{self.tls_port}"
        self.ca_file = str(self.folder / "server.crt")

    def make_certificate(self):
        self.tool(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                   "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
                   "-addext", "subjectAltName=IP:127.0.0.1",
                   "-keyout", str(self.folder / "server.key"),
                   "-out", str(self.folder / "server.crt")])

    @staticmethod
    def tool(arguments, stdin=""):
        result = subprocess.run(arguments, input=stdin, capture_output=True, text=True,
                                timeout=PATIENCE)
        assert result.returncode == 0, f"{arguments[0]}: {result.stderr}"

    def wait_for_start(self):
        deadline = time.monotonic() + PATIENCE
        for port in (self.port, self.tls_port):
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    if time.monotonic() > deadline or self.process.poll() is not None:
                        raise RuntimeError("slapd does not start") from None
                    time.sleep(0.05)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
