"""molvad store copy, from one store into the other and back."""

import subprocess

from node import BIN, expect, same
from world import LONG, check_history, fill, must, refused

MANY_TRIES = 30


def copy(source, target):
    return must("store", "copy", "--from", source.config, "--to", target.config)


def copy_and_kill(world, source, store):
    """A place whose store is half filled: the copy was killed when it had told of its first batch."""
    for _ in range(MANY_TRIES):
        target = world.place(store)
        with subprocess.Popen([str(BIN / "molvad"), "store", "copy", "--from", str(source.config),
                               "--to", str(target.config)],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as child:
            expect("copying" in child.stderr.readline(), "a copy that tells of something else")
            child.kill()
            child.wait(LONG)
        if child.returncode != 0:
            return target
    raise AssertionError("the copy was done each time before it could be killed")


def test_there_and_back(world):
    """SQLite, PostgreSQL, SQLite: the same sums; each copy is killed once and goes on."""
    first = world.place("sqlite")
    with first.node() as node:
        group = fill(node, world.schemas)
    source, sums = first, set()
    for store in ("postgres", "sqlite"):
        target = copy_and_kill(world, source, store)
        expect("half filled" in target.refusal(), "a node serves with half a store")
        whole = copy(source, target)
        expect(0 < whole["copied"] < whole["records"], f"all was copied again: {whole}")
        sums.add((whole["sum"], whole["records"], whole["bytes"]))
        source = target
    same(len(sums), 1)
    with source.node() as node:
        check_history(node, world.schemas, group)


def test_what_cannot_be_copied(world):
    """The errors say what is wrong."""
    source, other = world.place("sqlite"), world.place("sqlite")
    with source.node() as node:
        fill(node, world.schemas, count=3)
        said = refused("store", "copy", "--from", source.config, "--to", other.config)
        expect("another node uses the data directory" in said, said)
    said = refused("store", "copy", "--from", source.config, "--to", source.config)
    expect("one and the same" in said, said)
    copy(source, other)
    said = refused("store", "copy", "--from", source.config, "--to", other.config)
    expect("not empty" in said, said)
    strange = world.place("sqlite")
    strange.config.write_text(strange.text.replace('"sqlite"', '"nonesuch"'))
    said = refused("store", "copy", "--from", source.config, "--to", strange.config)
    expect("nonesuch" in said, said)
    empty = world.place("sqlite")
    said = refused("store", "copy", "--from", empty.config, "--to", other.config)
    expect("there is no node" in said and not empty.data.exists(), said)
    said = refused("store", "copy", "--from", "/nowhere.toml", "--to", other.config)
    expect("/nowhere.toml" in said, said)


TESTS = [test_there_and_back, test_what_cannot_be_copied]
