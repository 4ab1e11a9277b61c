"""What is no archive restores nothing, and what is no empty node is left as it is."""

import subprocess

from node import BIN, expect, same, wait_for
from world import LONG, check_history, fill, molvad, must, refused

FEW = 200
MANY_TRIES = 30


def make_archive(world, count=FEW):
    """A place, its group, an archive of it."""
    source = world.place("sqlite")
    with source.node() as node:
        group = fill(node, world.schemas, count=count)
    archive = world.folder / "node.molva"
    must("backup", "--config", source.config, "--out", archive)
    return source, group, archive


def test_damaged_archives(world):
    """Cut off anywhere, one bit flipped anywhere, something behind the end: refused, nothing is written."""
    _, group, archive = make_archive(world)
    whole = archive.read_bytes()
    target = world.place("sqlite")
    damaged = world.folder / "damaged"
    step = len(whole) // 40
    cases = [whole[:size] for size in range(0, len(whole), step)]
    cases += [whole[:-1], whole + b"x"]
    for at in [*range(0, len(whole), step), len(whole) - 1]:
        flipped = bytearray(whole)
        flipped[at] ^= 1 << at % 8
        cases.append(bytes(flipped))
    for case in cases:
        damaged.write_bytes(case)
        said = refused("verify", damaged)
        expect("damaged at byte" in said or "no archive" in said, said)
    said = refused("restore", damaged, "--config", target.config)
    expect("damaged at byte" in said, said)
    expect(not target.data.exists(), "a damaged archive was begun with")
    must("restore", archive, "--config", target.config)
    with target.node() as node:
        check_history(node, world.schemas, group, count=FEW)


def test_full_stores(world):
    """Neither a store that has something nor other keys are written over."""
    _, _, archive = make_archive(world)
    for store in ("sqlite", "postgres"):
        target = world.place(store)
        with target.node() as node:
            group = fill(node, world.schemas, count=3)
            said = refused("restore", archive, "--config", target.config)
            expect("another node uses the data directory" in said, said)
        said = refused("restore", archive, "--config", target.config)
        expect("not empty" in said, said)
        with target.node() as node:
            check_history(node, world.schemas, group, count=3)
    target = world.place("sqlite")
    (target.data / "keys").mkdir(parents=True)
    target.data.chmod(0o700)
    (target.data / "keys/token").write_bytes(b"another")
    said = refused("restore", archive, "--config", target.config)
    expect("another key" in said, said)
    same((target.data / "keys/token").read_bytes(), b"another")


def test_names_of_archives(world):
    """A file that is there is not written over; one that is not cannot be read."""
    source, _, archive = make_archive(world)
    before = archive.read_bytes()
    said = refused("backup", "--config", source.config, "--out", archive)
    expect("is there already" in said, said)
    same(archive.read_bytes(), before)
    said = refused("backup", "--config", world.place("sqlite").config, "--out",
                   world.folder / "empty")
    expect("there is no node" in said, said)
    said = refused("verify", world.folder / "nothing")
    expect("No such file" in said, said)
    same([path.name for path in world.folder.glob("*.new")], [])
    same(molvad("backup", "--config", source.config).returncode, 2)
    same(molvad("restore", "--config", source.config).returncode, 2)


def test_a_restore_that_is_killed(world):
    """No node starts with the half of it; run again it goes on, with its own archive alone."""
    _, group, archive = make_archive(world, count=20000)
    _, _, other = make_archive(elsewhere(world, "other"))
    for store in ("sqlite", "postgres"):
        target = kill_restore(world, archive, store)
        expect("half filled" in target.refusal(), "a node serves with half a store")
        said = refused("restore", other, "--config", target.config)
        expect("another" in said, said)
        must("restore", archive, "--config", target.config)
        with target.node() as node:
            check_history(node, world.schemas, group, count=20000)


def elsewhere(world, name):
    folder = world.folder / name
    folder.mkdir()
    return type(world)(folder, world.schemas)


def kill_restore(world, archive, store):
    """A place whose store is half filled."""
    for _ in range(MANY_TRIES):
        target = world.place(store)
        with subprocess.Popen([str(BIN / "molvad"), "restore", str(archive), "--config",
                               str(target.config)],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
            key = target.data / "keys/token"
            wait_for(lambda: key.exists() or child.poll() is not None, "the keys")
            child.kill()
            child.wait(LONG)
        if child.returncode != 0:
            return target
    raise AssertionError("the restore was done each time before it could be killed")


TESTS = [test_damaged_archives, test_full_stores, test_names_of_archives,
         test_a_restore_that_is_killed]
