#!/usr/bin/env python3
"""test_people.py JINNANG sqlite|postgres — how people get in, and how others do not.

Against a live sandbox server: signing up step by step, signing in, changes of credentials; then what an
attacker would try: a planted or an old token, the same code many times at once, more guesses than allowed,
bombing somebody's phone, somebody else's ids, a cookie sent by another site's page.
"""
import base64
import collections
import hashlib
import hmac
import json
import os
import sys
import threading
import time
import uuid

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
sys.path.insert(0, os.path.join(ROOT, "tests", "contract"))
from server import Server  # noqa: E402

GOOD, BETTER = "lantern-orbit-cabbage-41", "meadow-copper-violin-73"
WAYS = (2, 5, 16)
numbers = iter(range(20001, 99999))


def check(condition, what):
    if not condition:
        raise AssertionError(what)


def number():
    """A number of nobody: its last six digits are the code."""
    return f"+86100000{next(numbers):05d}"


def code_of(contact):
    return contact[-6:]


def together(count, function):
    """function(n) on `count` threads at once; the results."""
    start, results, errors = threading.Barrier(count), [None] * count, []

    def one(n):
        try:
            start.wait(30)
            results[n] = function(n)
        except Exception as reason:  # a thread's failure is the test's
            errors.append(reason)

    threads = [threading.Thread(target=one, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results


def totp(secret, step):
    """RFC 6238; step 0 is now, 1 the next one, which is taken half a minute early."""
    counter = int(time.time()) // 30 + step
    digest = hmac.new(base64.b32decode(secret + "=" * (-len(secret) % 8)),
                      counter.to_bytes(8, "big"), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at:at + 4], 'big') & 0x7fffffff) % 1000000:06d}"


class People:
    def __init__(self, server):
        self.server = server

    def send(self, method, path, body=None, token=None, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            headers["Authorization"] = "Bearer " + token
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        return self.server.call(method, path, headers, data)

    def begin(self, contact):
        answer = self.send("POST", "/v1/signup", {"contact": contact, "deliver": "token"})
        check(answer.status == 201, answer.body)
        return answer.json()["opened"]["token"]

    def member(self, contact, password=GOOD):
        """(token, session id)"""
        token = self.begin(contact)
        answer = self.send("POST", "/v1/signup/code", {"code": code_of(contact)}, token)
        check(answer.status == 200, answer.body)
        answer = self.send("POST", "/v1/signup/password", {"password": password},
                           answer.json()["opened"]["token"])
        check(answer.status == 200, answer.body)
        opened = answer.json()["opened"]
        return opened["token"], opened["session"]["id"]

    def sign_in(self, contact, password, **headers):
        return self.send("POST", "/v1/sessions",
                         {"contact": contact, "password": password, "deliver": "token"}, **headers)

    def works(self, token):
        return self.send("GET", "/v1/session", token=token).status == 200

    # ---- tokens ----

    def test_each_step_changes_the_token(self):
        contact = number()
        first = self.begin(contact)
        second = self.send("POST", "/v1/signup/code", {"code": code_of(contact)},
                           first).json()["opened"]["token"]
        check(not self.works(first) and self.works(second), "the first token goes on")
        third = self.send("POST", "/v1/signup/password", {"password": GOOD},
                          second).json()["opened"]["token"]
        check(not self.works(second) and self.works(third), "the second token goes on")

    def test_a_planted_cookie_is_not_taken_over(self):
        contact = number()
        self.member(contact)
        planted = self.begin(number())
        answer = self.send("POST", "/v1/sessions", {"contact": contact, "password": GOOD},
                           Cookie="jn_session=" + planted)
        check(answer.status == 201 and "token" not in answer.json(), answer.body)
        cookie = answer.headers["set-cookie"]
        check(planted not in cookie, "the planted token was kept")
        check(not self.works(planted), "the planted session goes on")

    def test_an_ended_session_stays_ended(self):
        contact = number()
        token, session = self.member(contact)
        second = self.sign_in(contact, GOOD).json()["token"]
        check(self.send("DELETE", "/v1/sessions/" + session, token=second).status == 200, "revoke")
        check(not self.works(token), "a revoked session goes on")
        check(self.send("DELETE", "/v1/sessions/" + session, token=second).status == 404, "twice")
        check(self.send("DELETE", "/v1/session", token=second).status == 200, "sign out")
        check(not self.works(second), "a session that signed out goes on")

    def test_somebody_elses_session(self):
        mine, _ = self.member(number())
        theirs, session = self.member(number())
        answer = self.send("DELETE", "/v1/sessions/" + session, token=mine)
        nobodys = self.send("DELETE", "/v1/sessions/ses_01jda0000000s", token=mine)
        check(answer.status == nobodys.status == 404, "they can be told apart")
        check(answer.json()["code"] == nobodys.json()["code"], "they can be told apart")
        check(self.works(theirs), "it was ended")

    # ---- codes ----

    def test_one_code_many_times(self):
        for count in WAYS:
            contact = number()
            token = self.begin(contact)
            seen = collections.Counter(
                a.status for a in together(count, lambda _: self.send(
                    "POST", "/v1/signup/code", {"code": code_of(contact)}, token)))
            check(seen[200] == 1, f"{count} ways: {seen}")
            check(all(status in (200, 400, 401, 409) for status in seen), f"{seen}")

    def test_one_contact_two_people(self):
        contact = number()
        tokens = [self.begin(contact) for _ in range(4)]
        answers = together(4, lambda n: self.send("POST", "/v1/signup/code",
                                                  {"code": code_of(contact)}, tokens[n]))
        seen = collections.Counter(a.status for a in answers)
        check(seen[200] == 1 and seen[409] == 3, f"{seen}")
        check({a.json()["code"] for a in answers if a.status == 409} == {"contact_taken"}, "why")

    def test_guessing_a_code(self):
        contact = number()
        token = self.begin(contact)
        left = []
        for _ in range(5):
            answer = self.send("POST", "/v1/signup/code", {"code": "000000"}, token)
            check(answer.json()["code"] == "code_wrong", answer.body)
            left.append(answer.json()["tries_left"])
        check(left == [4, 3, 2, 1, 0], f"{left}")
        answer = self.send("POST", "/v1/signup/code", {"code": code_of(contact)}, token)
        check(answer.json()["code"] == "code_expired", "a sixth try counted")
        answer = self.send("POST", "/v1/signup/code/again", {}, token)
        check(answer.status == 200, answer.body)
        answer = self.send("POST", "/v1/signup/code", {"code": code_of(contact)}, token)
        check(answer.status == 200, "the new code does not work")

    def test_guessing_in_parallel(self):
        token = self.begin(number())
        seen = collections.Counter(a.json()["code"] for a in together(16, lambda _: self.send(
            "POST", "/v1/signup/code", {"code": "000000"}, token)))
        check(seen == {"code_wrong": 5, "code_expired": 11}, f"{seen}")

    def test_bombing_a_phone(self):
        seen = collections.Counter(a.status for a in together(16, lambda _: self.send(
            "POST", "/v1/signup", {"contact": "+8613900139000", "deliver": "token"})))
        check(seen == {201: 1, 429: 15}, f"{seen}")
        answer = self.send("POST", "/v1/signup", {"contact": "139-0013-9000"})
        check(answer.status == 429 and 0 < int(answer.headers["retry-after"]) <= 60, answer.body)
        check("retry_at" in answer.json(), answer.body)

    def test_a_contact_that_has_an_account_is_answered_the_same(self):
        taken, free = number(), number()
        self.member(taken)
        one, two = (self.send("POST", "/v1/signup", {"contact": c, "deliver": "token"}).json()
                    for c in (taken, free))
        check(shape(one) == shape(two), "they can be told apart")
        answer = self.send("POST", "/v1/signup/code", {"code": code_of(taken)},
                           one["opened"]["token"])
        check(answer.status in (400, 409), "the account was taken over")
        check(self.sign_in(taken, GOOD).status == 201, "the owner is shut out")

    # ---- signing in ----

    def test_nobody_looks_like_a_wrong_password(self):
        contact = number()
        self.member(contact)
        for _ in range(2):
            wrong = self.sign_in(contact, BETTER)
            nobody = self.sign_in(number(), BETTER)
            check(wrong.status == nobody.status == 401, "they can be told apart")
            check(shape(wrong.json()) == shape(nobody.json())
                  and wrong.json()["code"] == nobody.json()["code"], "they can be told apart")
            check(set(wrong.headers) == set(nobody.headers), "headers tell them apart")

    def test_guessing_passwords(self):
        contact = number()
        self.member(contact)
        for who in (contact, number()):
            seen = collections.Counter(
                a.status for a in together(16, lambda _, w=who: self.sign_in(w, BETTER)))
            check(seen == {401: 6, 429: 10}, f"{who}: {seen}")
        answer = self.sign_in(contact, GOOD)
        check(answer.status == 429 and "retry_at" in answer.json(), "the pause is no pause")

    def test_the_right_password_forgives(self):
        contact = number()
        self.member(contact)
        for _ in range(3):
            for _ in range(4):
                check(self.sign_in(contact, BETTER).status == 401, "wrong")
            check(self.sign_in(contact, GOOD).status == 201, "right")

    def test_a_pending_person_cannot_sign_in(self):
        contact = number()
        self.begin(contact)
        check(self.sign_in(contact, GOOD).status == 401, "signed in without a password")

    # ---- other sites ----

    def test_a_write_by_cookie_from_elsewhere(self):
        contact = number()
        self.member(contact)
        answer = self.send("POST", "/v1/sessions", {"contact": contact, "password": GOOD})
        cookie = answer.headers["set-cookie"]
        check("HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/" in cookie, cookie)
        token = next(part.split("=", 1)[1] for part in cookie.replace(",", ";").split(";")
                     if part.strip().startswith("jn_session="))
        held = {"Cookie": "jn_session=" + token}
        ours = f"http://127.0.0.1:{self.server.port}"
        check(self.send("GET", "/v1/me", **held).status == 200, "a read needs no origin")
        for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"},
                        {"Origin": ours + ".evil.example"}, {"Sec_Fetch_Site": "cross-site"},
                        {"Sec_Fetch_Site": "same-site"}, {"Sec_Fetch_Site": "none"},
                        {"Origin": ours, "Sec_Fetch_Site": "cross-site"}):
            answer = self.send("DELETE", "/v1/session", **held, **headers)
            check(answer.status == 403 and answer.json()["code"] == "cross_origin_refused",
                  f"{headers}: {answer.status}")
        check(self.send("GET", "/v1/me", **held).status == 200, "the session was ended")
        twice = {"Cookie": f"jn_session={token}; jn_session=js_{'0' * 52}"}
        check(self.send("GET", "/v1/me", **twice).status == 401, "two cookies, one chosen")
        answer = self.send("DELETE", "/v1/session", **held, Origin=ours)
        check(answer.status == 200 and "Max-Age=0" in answer.headers["set-cookie"], answer.body)
        check(self.send("GET", "/v1/me", **held).status == 401, "it goes on")

    def test_a_consumers_token_is_no_staff(self):
        token, _ = self.member(number())
        answer = self.send("GET", "/v1/staff/me", token=token)
        check(answer.status == 403 and answer.json()["code"] == "caller_not_allowed", answer.body)
        contact = number()
        self.member(contact)
        answer = self.send("POST", "/v1/staff/sessions", {"contact": contact, "password": GOOD})
        check(answer.status == 401 and answer.json()["code"] == "sign_in_wrong", answer.body)

    # ---- credentials ----

    def test_changing_the_password(self):
        contact = number()
        token, _ = self.member(contact)
        other = self.sign_in(contact, GOOD).json()["token"]
        body = {"current": GOOD, "password": BETTER}
        answers = together(5, lambda _: self.send("POST", "/v1/me/password", body, token))
        seen = collections.Counter(a.status for a in answers)
        check(seen[200] == 1, f"{seen}")
        fresh = next(a for a in answers if a.status == 200).json()["token"]
        check(self.works(fresh) and not self.works(token) and not self.works(other), "sessions")
        check(self.sign_in(contact, BETTER).status == 201, "the new one does not work")
        check(self.sign_in(contact, GOOD).status == 401, "the old one works")

    def test_contacts(self):
        contact = number()
        token, _ = self.member(contact)
        body = {"contact": f"mei{code_of(contact)}+654321@example.com", "password": GOOD}
        answer = self.send("POST", "/v1/me/contacts", body, token)
        check(answer.status == 201, answer.body)
        path = "/v1/me/contacts/" + answer.json()["contact_id"]
        check(self.sign_in(body["contact"], GOOD).status == 401, "a claim signs in")
        stranger, _ = self.member(number())
        answer = self.send("POST", path + "/code", {"code": "654321"}, stranger)
        check(answer.status == 404, "a stranger's contact")
        answer = self.send("POST", path + "/code", {"code": "654321"}, token)
        check(answer.status == 200, answer.body)
        check(self.sign_in(body["contact"], GOOD).status == 201, "it does not sign in")
        first = self.send("GET", "/v1/me", token=token).json()["contacts"][0]["id"]
        check(self.send("DELETE", "/v1/me/contacts/" + first, token=token).status == 200, "drop")
        check(self.send("DELETE", path, token=token).json()["code"] == "contact_last", "the last")
        check(self.sign_in(contact, GOOD).status == 401, "a contact given up signs in")


    # ---- second factors and staff ----

    def add_totp(self, token):
        """The secret of an authenticator app that is in use."""
        answer = self.send("POST", "/v1/me/totps", {"name": "phone"}, token,
                           Idempotency_Key=str(uuid.uuid4()))
        check(answer.status in (200, 201), answer.body)
        shown = answer.json()
        answer = self.send("POST", f"/v1/me/totps/{shown['id']}/confirm",
                           {"code": totp(shown["secret"], -1)}, token,
                           Idempotency_Key=str(uuid.uuid4()))
        check(answer.status == 200, answer.body)
        return shown["secret"]

    def test_a_second_factor(self):
        contact = number()
        token, _ = self.member(contact)
        secret = self.add_totp(token)
        opened = self.sign_in(contact, GOOD).json()
        check(opened["session"]["level"] == "signing_in" and "totp" in opened["factors"], f"{opened}")
        half = opened["token"]
        for method, path in (("GET", "/v1/me"), ("GET", "/v1/sessions"), ("DELETE", "/v1/sessions")):
            answer = self.send(method, path, token=half)
            check(answer.status == 403 and answer.json()["code"] == "session_limited", path)
        wrong = self.send("POST", "/v1/session/factor", {"factor": "totp", "code": "000000"}, half)
        check(wrong.status == 403 and "token" not in wrong.json(), wrong.body)
        code = totp(secret, 0)
        answers = together(5, lambda _: self.send(
            "POST", "/v1/session/factor", {"factor": "totp", "code": code}, half))
        seen = collections.Counter(a.status for a in answers)
        check(seen[200] == 1, f"{seen}")
        full = next(a for a in answers if a.status == 200).json()
        check(full["session"]["level"] == "full" and not self.works(half), f"{full}")
        check(set(full["session"]["methods"]) == {"password", "totp"}, f"{full}")
        check(self.send("GET", "/v1/me", token=full["token"]).status == 200, "not full")
        # The same code on another half-open session.
        other = self.sign_in(contact, GOOD).json()["token"]
        again = self.send("POST", "/v1/session/factor", {"factor": "totp", "code": code}, other)
        check(again.status == 403 and again.json()["code"] == "totp_used", again.body)
        # Recovery asks for it too.
        path, key = self.recover(contact)
        answer = self.send("POST", path + "/proofs",
                           {"secret": key, "proof": "code", "code": code_of(contact)}).json()
        check(answer["state"] == "open" and answer["wanted"] == ["totp"], f"{answer}")
        answer = self.send("POST", path + "/password", {"secret": key, "password": BETTER})
        check(answer.json()["code"] == "recovery_proof_missing", answer.body)

    def test_staff_come_in(self):
        email = f"li{next(numbers)}@example.com"
        answer = self.send("POST", "/v1/staff/members",
                           {"name": "Li Lei", "email": email, "personnel_number": email,
                            "language": "en", "roles": [], "reason": "works at the desk"},
                           self.server.key, Idempotency_Key=str(uuid.uuid4()))
        check(answer.status in (200, 201), answer.body)
        invited = {"secret": answer.json()["secret"], "password": GOOD, "deliver": "token"}
        body = {"contact": email, "password": GOOD, "deliver": "token"}
        check(self.send("POST", "/v1/staff/sessions", body).status == 401, "before enrolling")
        answer = self.send("POST", "/v1/staff/enrolments", invited)
        check(answer.status == 201, answer.body)
        token = answer.json()["token"]
        check(self.send("GET", "/v1/staff/roles", token=token).status == 403, "enrolling is enough")
        check(self.send("POST", "/v1/staff/sessions", body).json()["code"]
              == "sign_in_factor_needed", "without a factor")
        secret = self.add_totp(token)
        answer = self.send("POST", "/v1/session/factor",
                           {"factor": "totp", "code": totp(secret, 0)}, token)
        check(answer.status == 200 and answer.json()["session"]["level"] == "full", answer.body)
        check(self.send("GET", "/v1/staff/me", token=answer.json()["token"]).status == 200, "me")
        check(self.send("GET", "/v1/me", token=answer.json()["token"]).status == 403, "a consumer")
        answer = self.send("POST", "/v1/staff/enrolments", invited)
        check(answer.json()["code"] == "enrolment_invalid", "the secret works twice")
        opened = self.send("POST", "/v1/staff/sessions", body).json()
        check(opened["session"]["level"] == "signing_in" and opened["factors"] == ["totp"],
              f"{opened}")
        check(self.send("GET", "/v1/staff/me", token=opened["token"]).status == 403, "half open")
        # One browser signed in to both: the page says which it is.
        token, _ = self.member(number())
        consumer = self.send("GET", "/v1/session", token=token).json()["person_id"]
        both = {"Cookie": f"jn_session={token}; jn_staff={opened['token']}"}
        for headers, who in (({}, consumer), ({"X_Surface": "console"}, opened["session"]["person_id"]),
                             ({"X_Surface": "wallet"}, consumer)):
            said = self.send("GET", "/v1/session", **both, **headers).json()
            check(said["person_id"] == who, f"{headers}: {said}")

    # ---- the end ----

    def test_money_stands_against_the_end(self):
        token, _ = self.member(number())
        person = self.send("GET", "/v1/session", token=token).json()["person_id"]
        owner = 0
        for digit in person.split("_")[1]:
            owner = owner * 32 + "0123456789abcdefghjkmnpqrstvwxyz".index(digit)
        end = {"confirm": "delete_my_account"}
        answer = self.send("POST", "/v1/ledger/accounts", {"accounts": [
            {"kind": "bank", "currency": "CNY"},
            {"kind": "wallet", "currency": "CNY", "owner": str(owner)}]},
            self.server.key, Idempotency_Key=str(uuid.uuid4()))
        check(answer.status == 200, answer.body)
        bank, wallet = (result["id"] for result in answer.json()["results"])

        def move(debit, credit):
            answer = self.send("POST", "/v1/ledger/transfers", {"transfers": [
                {"debit_account_id": debit, "credit_account_id": credit, "amount_minor": 1,
                 "currency": "CNY", "code": 1}]}, self.server.key, Idempotency_Key=str(uuid.uuid4()))
            check(answer.status == 200 and answer.json()["posted"] == 1, answer.body)

        move(bank, wallet)
        answer = self.send("POST", "/v1/me/deletion", end, token, Idempotency_Key=str(uuid.uuid4()))
        check(answer.status == 409 and answer.json()["code"] == "deletion_money_left", answer.body)
        move(wallet, bank)
        answer = self.send("POST", "/v1/me/deletion", end, token, Idempotency_Key=str(uuid.uuid4()))
        check(answer.status == 200 and answer.json()["state"] == "cooling", answer.body)

    # ---- recovery ----

    def recover(self, contact):
        answer = self.send("POST", "/v1/recoveries", {"contact": contact})
        check(answer.status == 201, answer.body)
        return "/v1/recoveries/" + answer.json()["id"], answer.json()["secret"]

    def test_recovery_waits_and_can_be_stopped(self):
        contact = number()
        token, _ = self.member(contact)
        path, secret = self.recover(contact)
        proof = {"secret": secret, "proof": "code", "code": code_of(contact)}
        new = {"secret": secret, "password": BETTER}
        check(self.send("POST", path + "/password", new).json()["code"] == "recovery_proof_missing",
              "without a proof")
        wrong = self.send("POST", path + "/proofs", {**proof, "code": "000000"}).json()
        check(wrong["code"] == "code_wrong" and wrong["tries_left"] == 4, f"{wrong}")
        other = self.recover(contact)[1]
        check(self.send("POST", path + "/proofs", {**proof, "secret": other}).status == 404,
              "another secret")
        seen = collections.Counter(a.status for a in together(5, lambda _: self.send(
            "POST", path + "/proofs", proof)))
        check(seen[200] == 1, f"{seen}")
        answer = self.send("POST", path + "/password", new)
        check(answer.json()["code"] == "recovery_waiting", answer.body)
        hours = int(answer.headers["retry-after"]) / 3600
        check(71.9 < hours <= 72, f"one proof waits three times as long: {hours}")
        check(self.send("DELETE", "/v1/me/recovery", token=token).json()["stopped"] == 2, "stop")
        check(self.send("POST", path + "/password", new).json()["code"] == "recovery_not_found",
              "it goes on")
        check(self.works(token) and self.sign_in(contact, GOOD).status == 201, "nothing changed")

    def test_recovery_of_nobody(self):
        taken, free = number(), number()
        self.member(taken)
        one, two = (self.send("POST", "/v1/recoveries", {"contact": c}).json()
                    for c in (taken, free))
        check(shape(one) == shape(two), "they can be told apart")
        for answer in (one, two):
            said = self.send("POST", f"/v1/recoveries/{answer['id']}/proofs",
                             {"secret": answer["secret"], "proof": "code", "code": "000000"}).json()
            check(said["code"] == "code_wrong" and said["tries_left"] == 4, f"{said}")


def shape(value):
    """What is there, without what it is."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    return [shape(item) for item in value] if isinstance(value, list) else type(value).__name__


def main():
    program, database = os.path.abspath(sys.argv[1]), sys.argv[2]
    failed = 0
    with Server(program, database) as server:
        people = People(server)
        tests = [name for name in dir(people) if name.startswith("test_")]
        for name in sys.argv[3:] or tests:
            try:
                getattr(people, name)()
            except Exception as error:  # one failure must not hide the next
                failed += 1
                print(f"FAILED {name}: {type(error).__name__}: {error}", flush=True)
        if failed:
            print(server.log(), file=sys.stderr)
    print(f"{len(sys.argv[3:] or tests) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
