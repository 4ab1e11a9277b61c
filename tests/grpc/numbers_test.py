"""The numbers of fields and enumerators are those of docs/protocol messages §10."""

import re

from node import ROOT, expect, same

_MESSAGE = re.compile(r"^\| `(\w+)` \| (\d+ `.*) \|$")
_FIELD = re.compile(r"(?:^|; )(\d+) `(\w+)`")
_ENUM = re.compile(r"^\| `([\w.]+)` \| (\w+ = 0\b.*) \|$")
_VALUE = re.compile(r"(\w+) = (\d+)")


def lines():
    text = (ROOT / "docs/protocol/messages.md").read_text()
    return text[text.index("## 10. Protobuf"):].splitlines()


def test_fields_have_the_numbers_of_the_protocol(node, schemas):
    """Of every message that both know."""
    messages = schemas.pbx[0].DESCRIPTOR.message_types_by_name
    checked = 0
    for line in lines():
        found = _MESSAGE.match(line)
        if not found or found.group(1) not in messages:
            continue
        fields = messages[found.group(1)].fields_by_name
        for number, name in _FIELD.findall(found.group(2)):
            expect(name in fields, f"{found.group(1)} has no {name}")
            same((found.group(1), name, fields[name].number), (found.group(1), name, int(number)))
            checked += 1
    expect(checked > 150, f"only {checked} fields")


def test_enumerators_have_the_numbers_of_the_protocol(node, schemas):
    """Of every enum that both know; ours carry the name of the enum in front."""
    schema = schemas.pbx[0].DESCRIPTOR
    checked = 0
    for line in lines():
        found = _ENUM.match(line)
        if not found:
            continue
        outer, _, inner = found.group(1).rpartition(".")
        enums = schema.message_types_by_name[outer].enum_types_by_name if outer \
            else schema.enum_types_by_name
        if inner not in enums:
            continue
        ours = {value.name: value.number for value in enums[inner].values}
        for name, number in _VALUE.findall(found.group(2)):
            if number != "0":
                same([value for key, value in ours.items() if key.endswith("_" + name)],
                     [int(number)])
                checked += 1
    expect(checked > 30, f"only {checked} enumerators")


TESTS = [test_fields_have_the_numbers_of_the_protocol,
         test_enumerators_have_the_numbers_of_the_protocol]
