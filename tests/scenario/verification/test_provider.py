#!/usr/bin/env python3
"""test_provider.py JINNANG sqlite|postgres — real-name verification end to end: a server, the sandbox
provider, and people who are confirmed, mistaken, unlucky, or met by an outage, a slow answer or a forged one.
"""
import json
import os
import subprocess
import sys
import time
import urllib.request
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../support"))
import jn_test  # noqa: E402
from jn_test import check  # noqa: E402

PROGRAM, BACKEND = os.path.abspath(sys.argv[1]), sys.argv[2]
NUMBER = "11010519491231002X"
OTHER = "320102198506070815"
WAIT_SECONDS = 30


class Provider:
    def __init__(self, scratch):
        self.key = os.path.join(scratch, "verifier.key")
        with open(os.open(self.key, os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
            file.write(os.urandom(32).hex() + "\n")
        self.process = subprocess.Popen([PROGRAM, "sandbox-provider", "--listen", "127.0.0.1:0",
                                         "--verifier-key", self.key], stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().split()[-1]

    def fault(self, spec):
        body = f"spec={spec}".encode()
        urllib.request.urlopen(self.url.replace("/v1/checks", "/v1/faults"), body, timeout=10).read()

    def stop(self):
        self.process.terminate()
        check(self.process.wait(30) == 0, "the provider stops in order")


class Person:
    """Signed up with a number of nobody, whose last six digits are its codes."""
    count = 0

    def __init__(self, server):
        Person.count += 1
        self.server, self.number = server, f"+861000002{Person.count:04d}"
        opened = self.post("/v1/signup", {"contact": self.number, "deliver": "token"}, None)["opened"]
        opened = self.post("/v1/signup/code", {"code": self.number[-6:]}, opened["token"])["opened"]
        opened = self.post("/v1/signup/password", {"password": "lantern-orbit-cabbage-41"},
                           opened["token"])["opened"]
        self.token = opened["token"]

    def ask(self, method, path, body=None, token=None):
        head = {"Authorization": f"Bearer {token or self.token}" if token or hasattr(self, "token") else "",
                "Idempotency-Key": str(uuid.uuid4())}
        if not head["Authorization"]:
            del head["Authorization"]
        connection = self.server.connect()
        try:
            data = None if body is None else json.dumps(body)
            if data is not None:
                head["Content-Type"] = "application/json"
            connection.request(method, path, data, head)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        finally:
            connection.close()

    def post(self, path, body, token):
        status, answer = self.ask("POST", path, body, token)
        check(status in (200, 201), f"{path}: {status} {answer}")
        return answer

    def claim(self, name, number=NUMBER):
        status, answer = self.ask("POST", "/v1/me/verifications",
                                  {"name": name, "id_kind": "cn_resident", "id_number": number})
        check(status == 201, f"claim {name}: {status} {answer}")
        return answer["id"]

    def view(self):
        return self.ask("GET", "/v1/me/verification")[1]

    def until(self, look, what):
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            view = self.view()
            if look(view):
                return view
            time.sleep(0.1)
        raise jn_test.Failure(f"{what} does not come: {self.view()}")

    def decided(self, verification):
        view = self.until(lambda v: any(x["id"] == verification and x["decided_at"] for x in v["verifications"]),
                          "a decision")
        return next(x for x in view["verifications"] if x["id"] == verification)


def confirmed_in_two_steps(server, _):
    person = Person(server)
    check(person.view()["level"] == 0, "nobody begins confirmed")
    check(person.decided(person.claim("李华"))["state"] == "passed", "plausible is confirmed")
    view = person.until(lambda v: len(v["sources"]) == 2, "the phone company's yes")
    check(view["level_code"] == "I" and view["sources_for_next"] == 1, f"{view}")
    check(view["name_masked"] == "*华" and NUMBER not in json.dumps(view), f"{view}")
    other = Person(server)
    status, answer = other.ask("POST", "/v1/me/verifications",
                               {"name": "李华", "id_kind": "cn_resident", "id_number": NUMBER})
    check(status == 409 and answer["code"] == "id_number_taken" and answer["field"] == "/id_number", f"{answer}")
    # The third independent source, a bank, makes class II.
    status, card = person.ask("POST", "/v1/me/cards", {"number": "6222 0200 0000 0000 000"})
    check(status == 201, f"{card}")
    deadline = time.monotonic() + WAIT_SECONDS
    while person.ask("GET", "/v1/me/cards")[1]["cards"][0]["state"] != "code_sent":
        check(time.monotonic() < deadline, "the bank's yes does not come")
        time.sleep(0.1)
    status, card = person.ask("POST", f"/v1/me/cards/{card['id']}/confirmation", {"code": person.number[-6:]})
    check(status == 200 and card["state"] == "bound" and card["bank"] == "icbc", f"{card}")
    limits = person.ask("GET", "/v1/me/limits")[1]
    check(limits["level_code"] == "II" and limits["limits"][0]["left_minor"] == 10000000, f"{limits}")


def fields_are_named(server, _):
    for name, number, fault in (("王不符", OTHER, "name"), ("郑错号", OTHER, "id_number"),
                                ("钱查无", OTHER, "unsaid"), ("张建军", "110101199003074514", "name"),
                                ("刘小明", "310101198805123018", "name")):
        person = Person(server)
        verification = person.decided(person.claim(name, number))
        check(verification["state"] == "failed" and verification["fault"] == fault, f"{name}: {verification}")
        check({"correct", "review"} <= set(verification["ways"]), f"a way on: {verification}")
    status, review = person.ask("POST", f"/v1/me/verifications/{verification['id']}/review", {})
    check(status == 200 and review["state"] == "in_review" and review["review_due_at"], f"{review}")


def an_outage_passes(server, provider):
    person = Person(server)
    provider.fault("outage=1")
    verification = person.claim("冯好运", "440301199202141238")
    check(person.decided(verification)["state"] == "passed", "asked again with the same id")


def a_forged_yes_is_not_believed(server, provider):
    person = Person(server)
    provider.fault("forged=1")
    person.claim("钱查无", OTHER)
    view = person.until(lambda v: v["verifications"][0]["state"] != "checking", "the true answer")
    check(view["verifications"][0]["state"] == "failed" and view["level"] == 0, f"{view}")


def without_a_provider_people_review(server, _):
    server.stop()
    server.start()
    person = Person(server)
    person.claim("何等待", "510105198001010010")
    view = person.until(lambda v: v["verifications"][0]["state"] == "in_review", "a review")
    check(view["verifications"][0]["review_due_at"] and view["verifications"][0]["ways"] == ["wait"], f"{view}")


def main():
    with jn_test.database(BACKEND) as (url, scratch):
        provider = Provider(scratch)
        server = jn_test.Server(PROGRAM, url, scratch)
        server.init()
        server.start("--verifier", provider.url, "--verifier-key", provider.key)
        try:
            return jn_test.main({test.__name__: (lambda test=test: test(server, provider)) for test in (
                confirmed_in_two_steps, fields_are_named, an_outage_passes, a_forged_yes_is_not_believed,
                without_a_provider_people_review)})
        finally:
            server.close()
            provider.stop()


if __name__ == "__main__":
    sys.exit(main())
