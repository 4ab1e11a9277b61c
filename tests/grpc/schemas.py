"""Python modules made of proto/molva/v1: as package molva.v1, and as pbx, which existing clients call.

What the wire sees of the package is the paths of the methods. In pbx each element of MessageLoop's
answer is one ServerMsg (docs/protocol messages §10); all else is the same.
"""

import collections
import importlib
import pathlib
import re
import shutil
import subprocess
import sys

PROTO = pathlib.Path(__file__).resolve().parents[2] / "proto/molva/v1"
_HEADING = re.compile(r"^(syntax|package|import|option) .*$", re.MULTILINE)

Schemas = collections.namedtuple("Schemas", "molva pbx")  # each: messages, stubs


def _load(folder, package, text):
    name = package.replace(".", "_")
    schema = folder / f"{name}.proto"
    schema.write_text(f'syntax = "proto3";\npackage {package};\n{text}')
    subprocess.run(["protoc", "-I", str(folder), f"--python_out={folder}", f"--grpc_out={folder}",
                    f"--plugin=protoc-gen-grpc={shutil.which('grpc_python_plugin')}", schema.name],
                   check=True)
    return importlib.import_module(name + "_pb2"), importlib.import_module(name + "_pb2_grpc")


def load(folder):
    """Generates into `folder`."""
    text = "".join(_HEADING.sub("", (PROTO / f"{name}.proto").read_text())
                   for name in ("values", "requests", "replies", "node", "plugin"))
    sys.path.insert(0, str(folder))
    batched, single = "returns (stream ServerBatch)", "returns (stream ServerMsg)"
    if batched not in text:
        raise RuntimeError("MessageLoop is not what it was")
    return Schemas(_load(folder, "molva.v1", text),
                   _load(folder, "pbx", text.replace(batched, single)))
