#!/usr/bin/env python3
"""access.py: the whole API as nobody, as the wrong person, as staff who may not, as a limited session.

  access.py --jinnang PROGRAM --mint PROGRAM --database sqlite|postgres

Walks every operation of api/openapi.yaml, so that a new one is in by itself:
  nobody            401 wherever the operation is not public
  a false session   401, the same
  the wrong kind    403 caller_not_allowed: people where staff or programs are meant, and so on
  staff             403 capability_missing without the capabilities the contract names
  limited sessions  403 session_limited wherever the contract does not let them in, and only there
  the wrong person  every id of a path or body that a person may send, once as somebody else's and once
                    as one that does not exist: the same answer, and not a success

An operation with ids fails until OWNED names such an id of a person (tests/contract/mint_people.c), or
OPEN_IDS says why there is nothing to protect.
"""
import argparse
import json
import os
import sys
import time
import uuid

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools"))

from api_model import Api  # noqa: E402
from api_schema import ID_PREFIXES  # noqa: E402
from server import Server  # noqa: E402

SECONDS_MAX = 120
DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"

# format of an id -> an id of the person "minted"
OWNED = {"session_id": "minted_session_id", "contact_id": "minted_contact_id",
         "lock_id": "risk_lock_id", "verification_id": "minted_verification_id",
         "card_id": "minted_card_id", "person_id": "minted_id", "totp_id": "minted_totp_id",
         "passkey_id": "minted_passkey_id", "confirmation_id": "minted_confirmation_id",
         "message_id": "minted_message_id"}
# (operation, parameter or pointer) -> why any id may be sent there
OPEN_IDS = {}
# What an operation may answer before it looks at ids at all: the same for every id.
BEFORE_IDS = {"confirmation_required", "identity_not_verified"}
# Where the minted one is not found by its owner either: a code is for a contact that waits for one.
NOT_IN_THIS_STATE = {("me_contacts_id_code_post", "contact_id")}


class Walk:
    def __init__(self, server, api):
        self.server, self.api = server, api
        self.people = server.people
        self.passed, self.failed = 0, []

    # ---- requests ----

    @staticmethod
    def unknown_id(prefix):
        return prefix + "_0" + "".join(DIGITS[b % 32] for b in uuid.uuid4().bytes[:12])

    def example(self, operation):
        """The request of the first example that succeeds; empty if there is none."""
        for example in operation.examples:
            if "status" not in example:
                return example.get("request", {})
        return {}

    def filled(self, operation, values):
        """The path with these ids, and whatever else it takes."""
        path = operation.path
        for parameter in operation.params("path"):
            form = parameter.schema.get("format")
            value = values.get(parameter.name)
            if value is None:
                value = self.unknown_id(ID_PREFIXES[form]) if form in ID_PREFIXES else "0"
            path = path.replace("{" + parameter.name + "}", value)
        return path

    def send(self, operation, token, values=None, body=None):
        headers = {"Accept": "application/json, */*", "Connection": "close"}
        if token is not None:
            headers["Authorization"] = "Bearer " + token
        if any(p.name == "Idempotency-Key" for p in operation.params("header")):
            headers["Idempotency-Key"] = "access-" + uuid.uuid4().hex
        data = None
        if operation.method in ("post", "put"):
            data = json.dumps({} if body is None else body).encode()
            headers["Content-Type"] = "application/json"
        deadline = time.monotonic() + SECONDS_MAX
        while True:
            answer = self.server.call(operation.method.upper(),
                                      self.filled(operation, values or {}), headers, data)
            if answer.status != 429 or time.monotonic() > deadline:
                return answer
            time.sleep(min(5, int(answer.headers.get("retry-after", "1"))))

    @staticmethod
    def verdict(answer):
        try:
            return answer.status, answer.json().get("code")
        except (ValueError, AttributeError):
            return answer.status, None

    def expect(self, name, found, wanted):
        if found == wanted:
            self.passed += 1
        else:
            self.failed.append(name)
            print(f"FAILED {name}: {found}, not {wanted}", flush=True)

    # ---- who asks ----

    def as_nobody(self, operation):
        if operation.is_public:
            return
        missing = "unauthorized" if "api_key" in operation.callers else "not_signed_in"
        found = self.verdict(self.send(operation, None))
        self.expect(f"{operation.name} as nobody", found, (401, missing))
        found = self.verdict(self.send(operation, "js_" + "0" * 52))
        self.expect(f"{operation.name} with a false session", found, (401, "not_signed_in"))

    def as_the_wrong_kind(self, operation):
        tokens = {"api_key": self.server.key, "session": self.people["minted"],
                  "staff": self.people["staff"]}
        for kind, token in tokens.items():
            if not operation.is_public and kind not in operation.callers:
                self.expect(f"{operation.name} as {kind}", self.verdict(self.send(operation, token)),
                            (403, "caller_not_allowed"))

    def without_capability(self, operation):
        if operation.capabilities:
            found = self.verdict(self.send(operation, self.people["staff_plain"]))
            self.expect(f"{operation.name} without {', '.join(operation.capabilities)}", found,
                        (403, "capability_missing"))

    def as_limited(self, operation):
        sessions = []
        if "session" in operation.callers:
            sessions += [("locked", "minted_locked"), ("signing_up", "minted_signing_up"),
                         ("signing_in", "minted_signing_in")]
        if "staff" in operation.callers:
            sessions += [("signing_in", "staff_signing_in")]
        for level, who in sessions:
            if level not in operation.sessions:
                self.expect(f"{operation.name} as {who}",
                            self.verdict(self.send(operation, self.people[who])),
                            (403, "session_limited"))

    # ---- ids ----

    def ids_of(self, operation):
        """(where, format) of every id that a caller names: a path parameter, or a body's pointer."""
        found = [(p.name, p.schema["format"]) for p in operation.params("path")
                 if p.schema.get("format") in ID_PREFIXES]
        found += [("?" + p.name, p.schema["format"]) for p in operation.params("query")
                  if p.schema.get("format") in ID_PREFIXES and p.schema["format"] != "cursor"]
        body = (operation.body or {}).get("application/json")
        if body:
            found += self.ids_in(body[0], "")
        return found

    def ids_in(self, raw, pointer):
        schema = self.api.schemas.resolve(raw)[1]
        found = []
        for name, member in schema.get("properties", {}).items():
            inner = self.api.schemas.resolve(member)[1]
            if inner.get("format") in ID_PREFIXES and "x-new" not in inner:
                found.append((f"{pointer}/{name}", inner["format"]))
            elif "items" in inner:
                found += self.ids_in(inner["items"], f"{pointer}/{name}/0")
            elif "properties" in inner:
                found += self.ids_in(inner, f"{pointer}/{name}")
        return found

    def with_id(self, operation, token, where, value):
        body = json.loads(json.dumps(self.example(operation).get("body", {})))
        values = {}
        if where.startswith("/"):
            at = body
            steps = where.split("/")[1:]
            for step in steps[:-1]:
                at = at[int(step) if isinstance(at, list) else step]
            at[steps[-1]] = value
        elif not where.startswith("?"):
            values[where] = value
        return self.verdict(self.send(operation, token, values, body))

    def as_the_wrong_person(self, operation):
        """Also tells whose turn it is to be tried as the owner, at the end."""
        if "session" not in operation.callers:
            return []
        mine = []
        for where, form in self.ids_of(operation):
            name = f"{operation.name} with another person's {where}"
            if (operation.name, where) in OPEN_IDS:
                continue
            if form not in OWNED:
                self.expect(name, f"there is no {form} in OWNED", "a case")
                continue
            token = self.people["minted_other"]
            theirs = self.with_id(operation, token, where, self.people[OWNED[form]])
            nobodys = self.with_id(operation, token, where, self.unknown_id(ID_PREFIXES[form]))
            self.expect(name, theirs, nobodys)
            if theirs[1] not in BEFORE_IDS:
                self.expect(name + ": status", theirs[0], 404)
                mine.append((operation, where, form))
        return mine

    def as_the_owner(self, cases):
        """So that the ids above were really somebody's. Sessions last: the owner's own may end."""
        for operation, where, form in sorted(cases, key=lambda case: case[2] == "session_id"):
            if (operation.name, where) in NOT_IN_THIS_STATE:
                continue
            found = self.with_id(operation, self.people["minted"], where, self.people[OWNED[form]])
            self.expect(f"{operation.name} with one's own {where}", found[0] in (401, 404), False)

    def find_message(self):
        """A message of the person's: the news of a freeze."""
        by_name = self.api.by_name
        self.send(by_name["me_freeze_post"], self.people["minted"])
        deadline = time.monotonic() + SECONDS_MAX
        while time.monotonic() < deadline:
            found = self.send(by_name["me_messages_get"], self.people["minted"]).json()["messages"]
            if found:
                self.people["minted_message_id"] = found[0]["id"]
                return
            time.sleep(0.1)
        raise RuntimeError("the freeze was not told")

    def run(self):
        mine = []
        self.find_message()
        for operation in self.api.operations:
            self.as_nobody(operation)
            self.as_the_wrong_kind(operation)
            self.without_capability(operation)
            self.as_limited(operation)
            mine += self.as_the_wrong_person(operation)
        self.as_the_owner(mine)
        if not mine:
            self.failed.append("no operation takes an id of a person")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jinnang", required=True)
    parser.add_argument("--mint", required=True)
    parser.add_argument("--database", choices=("sqlite", "postgres"), required=True)
    options = parser.parse_args()
    api = Api(os.path.join(ROOT, "api/openapi.yaml"), os.path.join(ROOT, "api/errors.yaml"))
    with Server(os.path.abspath(options.jinnang), options.database,
                mint=os.path.abspath(options.mint)) as server:
        walk = Walk(server, api)
        walk.run()
        if server.process.poll() is not None:
            walk.failed.append("the server ended")
            print(server.log())
    print(f"{walk.passed} passed, {len(walk.failed)} failed")
    return 1 if walk.failed or walk.passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
