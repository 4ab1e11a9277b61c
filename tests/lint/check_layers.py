"""Who includes whom: server/layers.txt, and the walls around plugins, clients and generated code."""


from source_tree import ROOT, code_files, includes, read

GENERATED_ALLOWED = ("server/wire/", "server/chain/", "server/federation/", "server/transport/grpc/",
                     "server/app/admin_", "clients/", "tests/")


def load_layers():
    """folder -> the folders it may include."""
    layers = {}
    for line in read("server/layers.txt").splitlines():
        line = line.split("#")[0].strip()
        if line:
            folder, _, allowed = line.partition(":")
            layers[folder.strip()] = set(allowed.split())
    return layers


def server_complaint(path, line, name, layers):
    parts = path.parts
    if len(parts) < 3:  # server/main.cc
        return None if name.split("/")[0] in ("app", "base") else "main.cc includes app and base only"
    folder, target = parts[1], name.split("/")[0]
    if folder not in layers:
        return f"folder {folder} has no row in server/layers.txt"
    if target not in layers:
        if (ROOT / "server" / name).exists():
            return f"folder {target} has no row in server/layers.txt"
        return None
    if target != folder and target not in layers[folder]:
        return f"{folder} may not include {target} (server/layers.txt)"
    return None


def plugin_complaint(path, name):
    if name.startswith("molva/") or (ROOT / path.parent / name).exists():
        return None
    if path.parts[1] == "sdk":
        return "the SDK includes molva/ and the language's headers only"
    shared = ROOT / "plugins" / name
    if shared.exists() and name.startswith(("sql_common/", "login_common/")):
        return None
    return "a plugin includes the SDK and its own folder only"


def client_complaint(path, name):
    folder = "/".join(path.parts[:2])
    own = name.startswith(folder + "/") and (ROOT / name).exists()
    shared = name.startswith("clients/cli/") and (ROOT / name).exists()
    if own or shared or name.endswith(".pb.h"):
        return None
    return "a client includes proto, its own folder and clients/cli only"


def complaint(path, line, quote, name, layers):
    text = str(path)
    if name.endswith(".pb.h") and not text.startswith(GENERATED_ALLOWED):
        return "generated protobuf headers belong to wire/, chain/, federation/, transport/grpc/, app/admin_*, clients"
    if text.startswith("plugins/") and (quote == '"' or (ROOT / "server" / name).exists()):
        return plugin_complaint(path, name)
    if quote != '"':
        return None
    if text.startswith("server/"):
        return server_complaint(path, line, name, layers)
    if text.startswith("clients/"):
        return client_complaint(path, name)
    return None


def cycles(layers):
    """Rows of the table that reach themselves."""
    found = []
    for start in layers:
        seen, todo = set(), list(layers[start])
        while todo:
            folder = todo.pop()
            if folder not in seen:
                seen.add(folder)
                todo.extend(layers.get(folder, ()))
        if start in seen:
            found.append(f"server/layers.txt: {start} reaches itself")
    return found


def check():
    layers = load_layers()
    problems = cycles(layers)
    for path in code_files():
        for line, quote, name in includes(path):
            what = complaint(path, line, quote, name, layers)
            if what:
                problems.append(f"{path}:{line}: includes {name}: {what}")
    return problems
