#!/usr/bin/env python3
"""sql/personal-data.yaml against the schema and the programs: no table with a person in it and no
column that ends in _sealed can be forgotten, neither in the copy that a person may ask for nor when
an account ends. Then the test itself is tried: each kind of oversight is made once and must show.
"""
import glob
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
sys.path.insert(0, os.path.join(ROOT, "tools"))
from strict_yaml import load  # noqa: E402

FATES = {"deleted", "emptied", "later", "kept"}
PERSON_COLUMNS = ("person_id", "maker")
TABLE = re.compile(r"CREATE TABLE (\w+) \((.*?)\n\)", re.S)
ADDED = re.compile(r"ALTER TABLE (\w+) ADD COLUMN (\w+)")


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def read_world():
    schema = {}
    for path in sorted(glob.glob(os.path.join(ROOT, "sql/migrations/*.sql"))):
        if path.endswith(".pg.sql"):
            continue
        with open(path, encoding="utf-8") as file:
            text = re.sub(r"--[^\n]*", "", file.read())
        for name, body in TABLE.findall(text):
            schema[name] = set(re.findall(r"^\s+(\w+)\s+(?:INTEGER|TEXT|BLOB)", body, re.M))
        for name, column in ADDED.findall(text):
            schema.setdefault(name, set()).add(column)
    return {
        "tables": load(os.path.join(ROOT, "sql/personal-data.yaml"))["tables"],
        "schema": schema,
        "copy": read("sql/queries/identity/personal_data_rows.sql"),
        "fields": read("src/identity/personal_data.c"),
        "end": read("src/identity/deletion.c"),
        "outbox": read("src/store/outbox.h"),
    }


def check(world):
    """What is wrong, as sentences."""
    faults = []
    tables, schema = world["tables"], world["schema"]
    copy = re.sub(r"length\(\w+\)", "", world["copy"])
    numbers = set(re.findall(r"SELECT (?:CAST\()?(\d{3,4})\b", world["copy"]))
    known = set(re.findall(r"^\s*(?:\w+\()?\{?(\d{3,4}), \"", world["fields"], re.M))
    if numbers != known:
        faults.append(f"the statement and the fields differ: {sorted(numbers ^ known)}")
    for table, columns in schema.items():
        sealed = {c for c in columns if c.endswith("_sealed")}
        person = [c for c in PERSON_COLUMNS if c in columns]
        if table not in tables:
            if sealed or person:
                faults.append(f"{table} is not in sql/personal-data.yaml")
            continue
        entry = tables[table]
        if entry["person"] not in columns:
            faults.append(f"{table}.{entry['person']} does not exist")
        for column in sealed ^ set(entry.get("sealed", {})):
            faults.append(f"{table}.{column} is sealed or listed, not both")
        for column, what in entry.get("sealed", {}).items():
            selected = re.search(rf"\b{column}\b(?:(?!FROM).)*FROM {table}\b", copy, re.S)
            if what == "shown" and not selected:
                faults.append(f"{table}.{column} is not in the copy")
            if what == "shown" and f'"{column}"' not in world["fields"] and table not in (
                    "messages",):  # its envelope is that of the outbox
                faults.append(f"{table}.{column} has no field")
        fate = entry["at_end"]
        if fate not in FATES or (fate == "kept" and not entry.get("why")):
            faults.append(f"{table}: what becomes of it, and why?")
        is_erased = (f"q_identity_erase_{table}(" in world["end"] or
                     (table == "outbox" and "outbox_forget_person(" in world["end"]) or
                     (table == "vault_keys" and "vault_erase(" in world["end"]))
        if is_erased == (fate == "kept"):
            faults.append(f"{table} is {fate}, and deletion.c does the other thing")
    for table in tables:
        if table not in schema:
            faults.append(f"{table} is no table")
    return faults


def copy_of(world):
    return {**world, "tables": {k: {**v, "sealed": dict(v.get("sealed", {}))} for k, v in
                                world["tables"].items()},
            "schema": {k: set(v) for k, v in world["schema"].items()}}


OVERSIGHTS = {
    "a sealed column nobody listed": lambda w: w["schema"]["cards"].add("address_sealed"),
    "a table nobody listed": lambda w: w["schema"].update({"notes": {"note_id", "person_id"}}),
    "a column that the copy leaves out": lambda w: w.update(
        copy=w["copy"].replace("number_sealed\nFROM cards", "label_sealed\nFROM cards")),
    "a table that the end leaves out": lambda w: w.update(
        end=w["end"].replace("q_identity_erase_cards(", "(")),
    "a kept table without a reason": lambda w: w["tables"]["consents"].pop("why"),
    "a field without a value": lambda w: w.update(copy=w["copy"].replace("SELECT 1301,", "SELECT 1302,")),
}


def main():
    world = read_world()
    faults = check(world)
    for fault in faults:
        print(fault)
    unseen = 0
    for what, make in OVERSIGHTS.items():
        changed = copy_of(world)
        make(changed)
        if not set(check(changed)) - set(faults):
            print(f"the test does not see {what}")
            unseen += 1
    if len(world["schema"]) < 30:
        print("the schema was not read")
        unseen += 1
    print(f"{len(world['schema'])} tables, {len(faults)} faults, {unseen} oversights unseen")
    return 1 if faults or unseen else 0


if __name__ == "__main__":
    sys.exit(main())
