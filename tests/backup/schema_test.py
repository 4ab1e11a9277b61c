"""Every column of a store is in its copies, or can be told from the rest."""

import re
import sqlite3

from node import same
from world import HERE, fill

TABLES = HERE.parents[1] / "plugins/sql_common/tables.cc"
# What a copy does without: the number of an entry, counts, the words of messages and where indexing them stands.
DERIVED = {"entry.id", "topic_key.live", "file.links"}
DERIVED_TABLES = re.compile("schema_version|unindexed|edit|message_words.*|sqlite_.*")


def columns_of_copies():
    text = TABLES.read_text()
    names = dict(re.findall(r'Add\("(\w+)", (k\w+), \d+\)', text))
    lists = dict(re.findall(r"constexpr Column (k\w+)\[\] = \{(.*?)\};", text, re.DOTALL))
    return {f"{table}.{column}" for table, constant in names.items()
            for column in re.findall(r'\{"(\w+)"', lists[constant])}


def columns_of_store(path):
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_schema"
                                                       " WHERE type = 'table'")
                  if not DERIVED_TABLES.fullmatch(name)]
        return {f"{table}.{row[1]}" for table in tables
                for row in database.execute(f'PRAGMA table_info("{table}")')}


def test_nothing_is_left_out(world):
    """A column that a later version adds must be added to tables.cc, or be derived."""
    place = world.place("sqlite")
    with place.node() as node:
        fill(node, world.schemas, count=1)
    same(columns_of_store(place.data / "molva.db") - DERIVED, columns_of_copies())


TESTS = [test_nothing_is_left_out]
