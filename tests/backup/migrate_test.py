"""molvad migrate: a node's store goes back a version and up again, on both stores."""

import json

from node import expect, same
from world import check_history, fill, molvad, must, refused

FEW = 50


def status(place):
    return must("migrate", "status", "--config", place.config)


def test_back_and_up_again(world):
    """The node has everything afterwards; a start would have brought it up to date by itself."""
    for store in ("sqlite", "postgres"):
        place = world.place(store)
        with place.node() as node:
            group = fill(node, world.schemas, count=FEW)
            running = status(place)
            same(running["current"], running["newest"])
            said = refused("migrate", "down", "--to", running["newest"] - 1, "--config",
                           place.config)
            expect("another node uses the data directory" in said, said)
        newest = running["newest"]
        down = must("migrate", "down", "--to", newest - 1, "--config", place.config)
        same(down["current"], newest - 1)
        expect([one["is_applied"] for one in down["versions"]] == [True] * (newest - 1) + [False],
               down)
        up = must("migrate", "up", "--config", place.config)
        same(up["current"], newest)
        expect(up["versions"][-1]["applied"].endswith("Z"), up)
        same(must("migrate", "up", "--config", place.config)["current"], newest)
        must("migrate", "down", "--to", newest - 1, "--config", place.config)
        with place.node() as node:
            check_history(node, world.schemas, group, count=FEW)
        same(status(place)["current"], newest)


def test_what_would_be_lost(world):
    """Whoever goes back is told what the older version cannot hold, and must say yes."""
    place = world.place("sqlite")
    with place.node() as node:
        group = fill(node, world.schemas, count=FEW)
    said = refused("migrate", "down", "--to", 3, "--config", place.config)
    expect("--yes" in said and "molvad backup" in said, said)
    expect("version 4: which files there are" in said and "version 3:" not in said, said)
    same(status(place)["current"], status(place)["newest"])
    must("migrate", "down", "--to", 3, "--yes", "--config", place.config)
    same(status(place)["current"], 3)
    with place.node() as node:
        check_history(node, world.schemas, group, count=FEW)


def test_by_hand_only(world):
    """With `migrate = false` no start changes tables: it says what to do."""
    place = world.place("sqlite")
    with place.node():
        pass
    must("migrate", "down", "--to", status(place)["newest"] - 1, "--config", place.config)
    place.text += "[plugin.store_sqlite]\nmigrate = false\n"
    place.config.write_text(place.text, encoding="utf-8")
    expect("molvad migrate up" in place.refusal(), "the node does not say what to do")
    must("migrate", "up", "--config", place.config)
    with place.node():
        pass


def test_migrations_that_cannot_be(world):
    """The errors say what is wrong."""
    place = world.place("sqlite")
    expect("there is no node" in refused("migrate", "up", "--config", place.config), "made")
    with place.node():
        pass
    newest = status(place)["newest"]
    for words, told in ((("up", "--to", newest + 1), f"the newest is {newest}"),
                        (("up", "--to", 1), "is below the store's"),
                        (("down", "--to", newest + 1), f"the newest is {newest}")):
        said = refused("migrate", *words, "--config", place.config)
        expect(told in said, said)
    text = molvad("migrate", "--config", place.config).stdout
    expect(text.startswith(f"store sqlite: version {newest} of {newest}\n"), text)
    json.loads(molvad("migrate", "--json", "--config", place.config).stdout)


TESTS = [test_back_and_up_again, test_what_would_be_lost, test_by_hand_only,
         test_migrations_that_cannot_be]
