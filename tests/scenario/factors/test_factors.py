#!/usr/bin/env python3
"""test_factors.py PROGRAM sqlite|postgres: factors and confirmations against a live server.

What a thief, a copy or a race could try: guesses in parallel and across a restart, answers of passkeys
replayed, of another origin, another domain, another question, another person, with a counter that goes
back; a confirmation used by many at once, for another body, by another session, by another person.
"""
import concurrent.futures
import os
import secrets
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "../http"), os.path.join(HERE, "../../support")]
from authenticator import EDDSA, ES256, RS256, Authenticator, Totp  # noqa: E402
from installation import Installation  # noqa: E402

PROGRAM, BACKEND = sys.argv[1], sys.argv[2]
PIN, PASSWORD = "802649", "harbour-violet-anchor-58"
QUICK = {"each_max_minor": 20000, "day_max_minor": 50000}
number = iter(range(20001, 30000))


class Person:
    """Somebody who signed up a moment ago; `token` is their session."""

    def __init__(self, server):
        self.server, self.contact = server, f"+86100000{next(number)}"
        token = self.say("POST", "/v1/signup", {"contact": self.contact, "deliver": "token"}, "none")["opened"]["token"]
        token = self.say("POST", "/v1/signup/code", {"code": self.contact[-6:]}, token)["opened"]["token"]
        self.token = self.say("POST", "/v1/signup/password", {"password": PASSWORD}, token)["opened"]["token"]

    def ask(self, method, path, body=None, token=None, **headers):
        """(status, body)"""
        if method == "POST" and "Idempotency_Key" not in headers:
            headers["Idempotency_Key"] = secrets.token_hex(12)
        status, _, answer = self.server.ask(method, path, body, key=token or self.token,
                                            headers={k.replace("_", "-"): v for k, v in headers.items()})
        return status, answer

    def say(self, method, path, body=None, token=None, **headers):
        status, answer = self.ask(method, path, body, token, **headers)
        if status not in (200, 201):
            raise AssertionError(f"{method} {path}: {status} {answer}")
        return answer

    def code_of(self, method, path, body=None, token=None, **headers):
        return self.ask(method, path, body, token, **headers)[1].get("code")

    def add_passkey(self, passkey):
        challenge = self.say("POST", "/v1/me/passkeys/options", {})["challenge"]
        answer = {"name": "key", **passkey.register(challenge)}
        self.say("POST", "/v1/me/passkeys", answer)
        return answer

    def open_confirmation(self, body=None):
        status, answer = self.ask("PUT", "/v1/me/quick-pay", body or QUICK)
        assert (status, answer["code"]) == (403, "confirmation_required"), answer
        return answer["confirmation"]["id"]

    def wait_for_message(self, topic):
        """True once the person was told in the app; False if not within the time."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if any(m["topic"] == topic for m in self.say("GET", "/v1/me/messages")["messages"]):
                return True
            time.sleep(0.2)
        return False

    def challenge(self, confirmation):
        return self.say("POST", f"/v1/confirmations/{confirmation}/passkey/options", {})["challenge"]


class Factors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Installation(PROGRAM, BACKEND).start("--rate", "100000")

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def origin(self):
        return f"http://localhost:{self.server.port}"

    def test_guesses_in_parallel_and_after_a_restart(self):
        person = Person(self.server)
        person.say("PUT", "/v1/me/pin", {"pin": PIN})
        confirmation = person.open_confirmation()
        path = f"/v1/confirmations/{confirmation}/pin"
        with concurrent.futures.ThreadPoolExecutor(64) as pool:
            codes = list(pool.map(lambda _: person.code_of("POST", path, {"pin": "190407"}), range(64)))
        self.assertEqual(codes.count("pin_wrong"), 5)
        self.assertLessEqual(set(codes), {"pin_wrong", "factor_paused", "hash_busy", "rate_limited"})
        status, answer = person.ask("POST", path, {"pin": PIN})
        self.assertEqual((status, answer["code"]), (429, "factor_paused"))
        self.assertIn("retry_at", answer)
        self.server.stop()
        self.server.start("--rate", "100000")
        self.assertEqual(person.code_of("POST", path, {"pin": PIN}), "factor_paused")
        self.assertIsNotNone(person.say("GET", "/v1/me/factors")["pin"]["paused_until"])
        self.assertTrue(person.wait_for_message("factor_locked"))

    def test_each_algorithm(self):
        for algorithm in (ES256, RS256, EDDSA):
            person, passkey = Person(self.server), Authenticator(self.origin(), algorithm)
            person.add_passkey(passkey)
            confirmation = person.open_confirmation()
            answer = passkey.answer(person.challenge(confirmation))
            given = person.say("POST", f"/v1/confirmations/{confirmation}/passkey", answer)
            self.assertTrue(given["complete"])
            self.assertTrue(person.say("PUT", "/v1/me/quick-pay", QUICK, Confirmation=confirmation)["is_on"])

    def test_answers_of_passkeys_that_do_not_count(self):
        person, other = Person(self.server), Person(self.server)
        passkey, stranger = Authenticator(self.origin()), Authenticator(self.origin())
        added = person.add_passkey(passkey)
        other.add_passkey(stranger)
        self.assertEqual(person.code_of("POST", "/v1/me/passkeys", added), "passkey_challenge_wrong")
        confirmation, second = person.open_confirmation(), person.open_confirmation()
        challenge = person.challenge(confirmation)
        path = f"/v1/confirmations/{confirmation}/passkey"
        for expected, answer in (
                ("passkey_origin_wrong", passkey.answer(challenge, origin="https://jinnang.example")),
                ("passkey_origin_wrong", passkey.answer(challenge, rp_id="jinnang.example")),
                ("passkey_challenge_wrong", passkey.answer(person.challenge(second))),
                ("passkey_unknown", stranger.answer(challenge)),
                ("passkey_signature_wrong", {**passkey.answer(challenge),
                                             "signature": stranger.answer(challenge)["signature"]})):
            self.assertEqual(person.code_of("POST", path, answer), expected)
        right = passkey.answer(challenge)
        self.assertEqual(other.code_of("POST", path, right), "confirmation_not_found")
        self.assertTrue(person.say("POST", path, right)["complete"])
        self.assertEqual(person.code_of("POST", path, right), "passkey_challenge_wrong")

    def test_a_counter_that_goes_back(self):
        person, passkey = Person(self.server), Authenticator(self.origin())
        passkey.count = 7
        person.add_passkey(passkey)
        passkey.count = 5  # a copy, made before
        confirmation = person.open_confirmation()
        path = f"/v1/confirmations/{confirmation}/passkey"
        self.assertEqual(person.code_of("POST", path, passkey.answer(person.challenge(confirmation))),
                         "passkey_counter_back")
        passkey.count = 99  # neither of the two counts any more
        self.assertEqual(person.code_of("POST", path, passkey.answer(person.challenge(confirmation))),
                         "passkey_unknown")
        self.assertIsNotNone(person.say("GET", "/v1/me/factors")["passkeys"][0]["copied_at"])
        self.assertTrue(person.wait_for_message("factor_added"))
        self.assertTrue(person.wait_for_message("passkey_copied"))

    def test_signing_in_with_a_passkey(self):
        person, passkey = Person(self.server), Authenticator(self.origin())
        person.add_passkey(passkey)
        answer = passkey.answer(person.say("POST", "/v1/sessions/passkey/options", {}, "none")["challenge"])
        opened = person.say("POST", "/v1/sessions/passkey", {**answer, "deliver": "token"}, "none")
        self.assertEqual(opened["session"]["level"], "full")
        self.assertEqual(person.code_of("POST", "/v1/sessions/passkey", answer, "none"), "passkey_challenge_wrong")
        half = person.say("POST", "/v1/sessions", {"contact": person.contact, "password": PASSWORD,
                                                   "deliver": "token"}, "none")
        self.assertEqual(half["session"]["level"], "signing_in")
        self.assertEqual(person.code_of("GET", "/v1/me/factors", token=half["token"]), "session_limited")
        answer = passkey.answer(person.say("POST", "/v1/sessions/passkey/options", {}, "none")["challenge"])
        whole = person.say("POST", "/v1/session/passkey", answer, half["token"])
        self.assertEqual(whole["session"]["level"], "full")
        self.assertEqual(person.code_of("GET", "/v1/me/factors", token=half["token"]), "not_signed_in")

    def test_a_confirmation_counts_once(self):
        person, other = Person(self.server), Person(self.server)
        person.say("PUT", "/v1/me/pin", {"pin": PIN})
        passkey = Authenticator(self.origin())
        person.add_passkey(passkey)
        answer = passkey.answer(person.say("POST", "/v1/sessions/passkey/options", {}, "none")["challenge"])
        elsewhere = person.say("POST", "/v1/sessions/passkey", {**answer, "deliver": "token"}, "none")["token"]
        for callers in (2, 8, 64):
            confirmation = person.open_confirmation()
            person.say("POST", f"/v1/confirmations/{confirmation}/pin", {"pin": PIN})
            for expected, who, body, token in (
                    ("confirmation_mismatch", person, {**QUICK, "day_max_minor": 50001}, None),
                    ("confirmation_mismatch", person, QUICK, elsewhere),
                    ("confirmation_not_found", other, QUICK, None)):
                self.assertEqual(who.code_of("PUT", "/v1/me/quick-pay", body, token, Confirmation=confirmation),
                                 expected)
            with concurrent.futures.ThreadPoolExecutor(callers) as pool:
                said = list(pool.map(lambda _: person.ask("PUT", "/v1/me/quick-pay", QUICK,
                                                          Confirmation=confirmation), range(callers)))
            self.assertEqual([status for status, _ in said].count(200), 1)
            self.assertEqual({answer["code"] for status, answer in said if status != 200}, {"confirmation_used"})

    def test_the_idempotency_key_stays_free(self):
        person = Person(self.server)
        totp = person.say("POST", "/v1/me/totps", {"name": "phone"})
        app = Totp(totp["secret"])
        person.say("POST", f"/v1/me/totps/{totp['id']}/confirm", {"code": app.code()})
        codes = person.say("POST", "/v1/me/recovery-codes", {})["codes"]
        half = person.say("POST", "/v1/sessions", {"contact": person.contact, "password": PASSWORD,
                                                   "deliver": "token"}, "none")["token"]
        token = person.say("POST", "/v1/session/factor", {"factor": "recovery_code", "code": codes[0]}, half)["token"]
        self.assertTrue(person.wait_for_message("recovery_code_used"))
        key, body = secrets.token_hex(12), {"name": "tablet"}
        status, answer = person.ask("POST", "/v1/me/totps", body, token, Idempotency_Key=key)
        self.assertEqual((status, answer["code"]), (403, "confirmation_required"))
        confirmation = answer["confirmation"]["id"]
        self.assertEqual(answer["confirmation"]["given"], ["password"])
        self.assertIn("totp", answer["confirmation"]["helpful"])
        path = f"/v1/confirmations/{confirmation}/totp"
        code = app.code()
        self.assertTrue(person.say("POST", path, {"code": code}, token)["complete"])
        self.assertEqual(person.code_of("POST", path, {"code": code}, token), "totp_used")
        first = person.say("POST", "/v1/me/totps", body, token, Idempotency_Key=key, Confirmation=confirmation)
        again = person.say("POST", "/v1/me/totps", body, token, Idempotency_Key=key, Confirmation=confirmation)
        self.assertEqual(first, again)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
