"""factors.py: a person with every factor, and confirmations at every step, for the examples of the
contract. Values that an example cannot know beforehand stand in it as names (`cnf_passkey_signature`,
code 900001), which run.py replaces as it sends."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "support"))
from authenticator import Authenticator, Totp  # noqa: E402

NUMBER, PASSWORD, PIN = "+8610000010016", "harbour-violet-anchor-58", "802649"
QUICK = {"each_max_minor": 20000, "day_max_minor": 50000}


def padded(name):
    """As base64url a name must have four characters to the group, where nothing replaces it."""
    return name + "_" * (-len(name) % 4)


class Factors:
    def __init__(self, server, keys, names):
        self.server, self.keys, self.names, self.asked = server, keys, names, 0
        self.passkey = Authenticator(f"http://localhost:{server.port}")

    def ask(self, method, path, body=None, key=None, status=200, headers=None):
        headers = dict(headers or {})
        if body is not None:
            headers["Content-Type"] = "application/json"
        if key:
            headers["Authorization"] = "Bearer " + key
        if method == "POST":
            self.asked += 1
            headers["Idempotency-Key"] = f"contract-factors-{self.asked}"
        answer = self.server.call(method, path, headers, None if body is None else json.dumps(body).encode())
        if answer.status != status:
            raise AssertionError(f"{method} {path}: {answer.status} {answer.body!r}")
        return answer.json()

    def opened(self):
        token = self.ask("POST", "/v1/signup", {"contact": NUMBER, "deliver": "token"}, status=201)["opened"]["token"]
        token = self.ask("POST", "/v1/signup/code", {"code": NUMBER[-6:]}, token)["opened"]["token"]
        return self.ask("POST", "/v1/signup/password", {"password": PASSWORD}, token)["opened"]["token"]

    def signing_in(self):
        return self.ask("POST", "/v1/sessions", {"contact": NUMBER, "password": PASSWORD, "deliver": "token"},
                        status=201)["token"]

    def add_passkey(self, passkey, key, name):
        challenge = self.ask("POST", "/v1/me/passkeys/options", {}, key)["challenge"]
        return self.ask("POST", "/v1/me/passkeys", {"name": name, **passkey.register(challenge)}, key, 201)["id"]

    def challenge(self):
        return self.ask("POST", "/v1/sessions/passkey/options", {})["challenge"]

    def quick_confirmation(self, key):
        return self.ask("PUT", "/v1/me/quick-pay", QUICK, key, 403)["confirmation"]["id"]

    def keep_answer(self, prefix, answer):
        for name in ("client_data", "authenticator_data", "signature"):
            self.names[padded(f"{prefix}_{name}")] = answer[name]
        self.names[padded("passkey_credential_id")] = answer["credential_id"]

    def prepare(self):
        key = self.keys["factors"] = self.opened()
        self.ask("PUT", "/v1/me/pin", {"pin": PIN}, key)
        totp = self.ask("POST", "/v1/me/totps", {"name": "old phone"}, key, 201)
        app = Totp(totp["secret"])
        self.ask("POST", f"/v1/me/totps/{totp['id']}/confirm", {"code": app.code()}, key)
        shown = self.ask("POST", "/v1/me/totps", {"name": "new phone"}, key, 201)
        self.names.update({"{shown_totp_id}": shown["id"], "900001": app.code, "900002": Totp(shown["secret"]).code})
        self.add_passkey(self.passkey, key, "laptop")
        self.names["{spare_passkey_id}"] = self.add_passkey(Authenticator(self.passkey.origin), key, "spare")
        challenge = self.ask("POST", "/v1/me/passkeys/options", {}, key)["challenge"]
        new = Authenticator(self.passkey.origin).register(challenge)
        self.names.update({padded(f"new_passkey_{name}"): text for name, text in new.items()})
        codes = self.ask("POST", "/v1/me/recovery-codes", {}, key, 201)["codes"]
        self.keys["signing_in_passkey"] = self.signing_in()
        self.keep_answer("enter", self.passkey.answer(self.challenge()))
        self.keep_answer("second", self.passkey.answer(self.challenge()))
        self.prepare_confirmations(key, codes[0])
        self.prepare_staff(self.keys["staff_plain"])

    def prepare_confirmations(self, key, recovery_code):
        for name in ("open", "quick", "passkey"):
            self.names["{cnf_" + name + "}"] = self.quick_confirmation(key)
        self.ask("POST", f"/v1/confirmations/{self.names['{cnf_quick}']}/pin", {"pin": PIN}, key)
        path = f"/v1/confirmations/{self.names['{cnf_passkey}']}/passkey/options"
        self.keep_answer("cnf_passkey", self.passkey.answer(self.ask("POST", path, {}, key)["challenge"]))
        weak = self.ask("POST", "/v1/session/factor", {"factor": "recovery_code", "code": recovery_code},
                        self.signing_in())["token"]
        self.keys["weak"] = weak
        self.names["{cnf_weak}"] = self.ask("PUT", "/v1/me/pin", {"pin": "190407"}, weak, 403)["confirmation"]["id"]

    def prepare_staff(self, key):
        """One second factor, which cannot be removed."""
        totp = self.ask("POST", "/v1/me/totps", {"name": "phone"}, key, 201)
        self.ask("POST", f"/v1/me/totps/{totp['id']}/confirm", {"code": Totp(totp["secret"]).code()}, key)
        self.names["{staff_totp_id}"] = totp["id"]
