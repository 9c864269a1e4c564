#!/usr/bin/env python3
"""run.py: the contract against a live server.

  run.py --jinnang PROGRAM --mint PROGRAM --database sqlite|postgres [--pages DIR] [NAME...]

Every example of api/openapi.yaml is sent to a real server: the answer must have the status and type
the contract says, fit its schema, and hold what the example expects; a failing example must be a
problem+json with its code and field, in the language asked for, and leave the ledger as it was. Then
comes what no contract describes: broken requests, huge ones, slow ones. NAME runs only examples of
operations of that name (the fixtures always run).
"""
import argparse
import json
import os
import sys
import time
import urllib.parse

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools"))

from api_model import Api  # noqa: E402
from bad_input import BadInput  # noqa: E402
from factors import Factors  # noqa: E402
from server import Server  # noqa: E402

RETRY_SECONDS_MAX = 15
ZH = {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"}


class Failed(Exception):
    """What was expected and what came."""


def require(condition, message):
    if not condition:
        raise Failed(message)


def at_pointer(value, pointer):
    for step in pointer.split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        try:
            value = value[int(step)] if isinstance(value, list) else value[step]
        except (KeyError, IndexError, ValueError, TypeError) as error:
            raise Failed(f"there is no {pointer} in {json.dumps(value)[:300]}") from error
    return value


class Contract:
    def __init__(self, server, api):
        self.server, self.api = server, api
        self.passed, self.failures = 0, []
        self.names = {}  # "{spare_key_id}" -> id

    # ---- requests ----

    def headers(self, key="admin", extra=None):
        headers = {"Accept": "application/json, */*"}
        if key != "none":
            headers["Authorization"] = "Bearer " + self.keys[key]
        headers.update(extra or {})
        return headers

    def target(self, operation, request):
        path = operation.path
        for name, value in request.get("path", {}).items():
            value = self.names.get(value, str(value))
            rest = any(p.name == name and p.is_rest for p in operation.params("path"))
            path = path.replace("{" + name + "}",
                                urllib.parse.quote(value, safe="/." if rest else ""))
        query = request.get("raw_query") or urllib.parse.urlencode(
            {k: self.names.get(v, v) for k, v in request.get("query", {}).items()})
        return path + ("?" + query if query else "")

    def filled(self, value):
        """With the names of factors.py replaced by what they stand for."""
        if isinstance(value, dict):
            return {k: self.filled(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self.filled(v) for v in value]
        found = self.names.get(value, value) if isinstance(value, str) else value
        return found() if callable(found) else found

    def send(self, operation, request, language=None):
        extra = self.filled(dict(request.get("headers", {})))
        extra.update(language or {})
        body = None
        if "body" in request:
            body = json.dumps(self.filled(request["body"]), ensure_ascii=False).encode()
        elif "raw" in request:
            body = request["raw"].encode()
        elif "raw_hex" in request:
            body = bytes.fromhex(request["raw_hex"])
        if body is not None:
            extra["Content-Type"] = request.get("content_type", "application/json")
        headers = self.headers(request.get("key", "admin"), extra)
        target = self.target(operation, request)
        if request.get("stream"):
            return self.server.first_event(target, headers)
        return self.call(operation.method.upper(), target, headers, body)

    def call(self, method, target, headers, body):
        """So many requests without a credential look like somebody who guesses: waits when told to."""
        while True:
            answer = self.server.call(method, target, headers, body)
            if answer.status != 429 or b'"rate_limited"' not in answer.body:
                return answer
            time.sleep(int(answer.headers.get("retry-after", "1")))

    def send_patiently(self, operation, request):
        deadline = time.monotonic() + RETRY_SECONDS_MAX
        while True:
            answer = self.send(operation, request)
            if (answer.status == operation.status or not request.get("retry")
                    or time.monotonic() > deadline):
                return answer
            time.sleep(0.1)

    # ---- set-up ----

    def prepare(self):
        self.keys = {"admin": self.server.key, "wrong": self.server.key[:-4] + "0000"}
        for name, text in self.server.people.items():
            (self.names if name.endswith("_id") else self.keys)[
                "{" + name + "}" if name.endswith("_id") else name] = text
        for fixture in self.api.fixtures:
            operation = self.api.by_name[fixture["operation"]]
            answer = self.send(operation, fixture)
            require(answer.status == operation.status, f"fixture: {answer.body!r}")
            for result in answer.json()["results"]:
                require(result["code"] == "ok", f"fixture: {result}")
        create = self.api.by_name["api_keys_post"]
        for name in ("reader", "spare"):
            answer = self.send(create, {
                "headers": {"Idempotency-Key": f"fixture-key-{name}"},
                "body": {"name": name, "scopes": ["ledger:read"]}})
            require(answer.status == 201, f"fixture: {answer.body!r}")
            self.keys[name] = answer.json()["secret"]
            self.names["{" + name + "_key_id}"] = answer.json()["id"]
        self.prepare_people()
        Factors(self.server, self.keys, self.names).prepare()
        whoami = self.send(self.api.by_name["whoami_get"], {}).json()
        self.names["{admin_key_id}"] = whoami["api_key_id"]

    def prepare_people(self):
        """People at every step of signing up. The numbers are nobody's: their last six digits are
        the codes (src/identity/codes.h)."""
        def post(path, body, key=None, status=200, once=None):
            headers = {"Content-Type": "application/json"}
            if once:
                headers["Idempotency-Key"] = once
            if key:
                headers["Authorization"] = "Bearer " + key
            answer = self.server.call("POST", path, headers, json.dumps(body).encode())
            require(answer.status == status, f"people: {path}: {answer.body!r}")
            return answer.json()

        def begin(number):
            return post("/v1/signup", {"contact": number, "deliver": "token"}, status=201)["opened"]

        def confirmed(number):
            token = begin(number)["token"]
            return post("/v1/signup/code", {"code": number[-6:]}, token)["opened"]["token"]

        def member(number, password):
            token = confirmed(number)
            return post("/v1/signup/password", {"password": password}, token)["opened"]

        def again(number, password):
            return post("/v1/sessions", {"contact": number, "password": password,
                                         "deliver": "token"}, status=201)

        passwords = {"person": "lantern-orbit-cabbage-41", "other_person": "meadow-copper-violin-73"}
        for name, number in (("person", "+8610000010001"), ("other_person", "+8610000010002")):
            opened = member(number, passwords[name])
            self.keys[name] = opened["token"]
            session = "old" if name == "person" else "other"
            self.names["{" + name + "_id}"] = opened["session"]["person_id"]
            self.names["{" + session + "_session_id}"] = opened["session"]["id"]
        old = again("+8610000010001", passwords["person"])
        self.names["{old_session_id}"] = old["session"]["id"]
        self.keys["leaving"] = again("+8610000010001", passwords["person"])["token"]
        self.keys["signing_up"] = begin("+8613800138009")["token"]
        self.keys["signing_up_2"] = begin("+8610000010004")["token"]
        self.keys["signing_up_3"] = confirmed("+8610000010003")
        self.keys["signing_up_waited"] = begin("+8610000010005")["token"]
        self.prepare_messages(member, again, begin)
        self.keys["claiming"] = member("+8610000010007", "kettle-violet-anchor-36")["token"]
        self.prepare_verified(post)
        self.keys["wrong_session"] = "js_" + "0" * 52

    def prepare_messages(self, member, again, begin):
        """Messages that examples ask about: sign-ins on new devices, and one that nobody can deny."""
        def newest(token, topic):
            deadline = time.monotonic() + RETRY_SECONDS_MAX
            while time.monotonic() < deadline:
                metrics = self.server.call("GET", "/metrics", self.headers()).body
                if b"\njinnang_messages_news_waiting 0\n" not in metrics:
                    time.sleep(0.1)  # nothing may come after what is called the newest
                    continue
                answer = self.server.call("GET", "/v1/me/messages", {"Authorization": "Bearer " + token})
                for message in answer.json()["messages"]:
                    if message["topic"] == topic:
                        return message
                time.sleep(0.1)
            raise Failed(f"no message {topic} came")

        def signed_in_again(number, password):
            member(number, password)
            return again(number, password)["token"]

        self.keys["listening"] = signed_in_again("+8610000010008", "tunnel-silver-basket-64")
        message = newest(self.keys["listening"], "new_device")
        self.names["{message_id}"], self.names["{message_code}"] = message["id"], message["code"]
        number, password = "+8610000010006", "walnut-harbor-pencil-58"
        member(number, password)
        begin(number)
        self.keys["reporting"] = again(number, password)["token"]
        message = newest(self.keys["reporting"], "new_device")
        self.names["{reported_message_id}"] = message["id"]
        self.names["{reported_code}"] = message["code"]
        self.names["{plain_message_id}"] = newest(self.keys["reporting"], "sign_up_attempt")["id"]

    def prepare_verified(self, post):
        """One person whose name did not fit, one who is confirmed and has cards: bound, and waiting
        for its code."""
        def wait(key, path, look):
            for _ in range(200):
                found = look(self.server.call("GET", path, {"Authorization": "Bearer " + key}).json())
                if found:
                    return found
                time.sleep(0.05)
            raise RuntimeError(f"people: {path} does not come")

        def claim(who, name):
            key = self.keys[who]
            new = post("/v1/me/verifications", {"name": name, "id_kind": "cn_resident",
                                                "id_number": "11010519491231002X"}, key, 201, "claim-" + who)
            wait(key, "/v1/me/verification", lambda view: [
                v for v in view["verifications"] if v["id"] == new["id"] and v["decided_at"]])
            return new["id"]

        def bind(number):
            key = self.keys["other_person"]
            card = post("/v1/me/cards", {"number": number, "label": "wages", "color": 3}, key, 201, "bind-" + number)
            wait(key, "/v1/me/cards", lambda view: [
                c for c in view["cards"] if c["id"] == card["id"] and c["state"] == "code_sent"])
            return card["id"]

        def bound(number):
            card = bind(number)
            post(f"/v1/me/cards/{card}/confirmation", {"code": "010002"}, self.keys["other_person"])
            return card

        self.names["{failed_verification_id}"] = claim("claiming", "王不符")
        claim("other_person", "李华")
        self.names["{card_id}"] = bound("6200000000000005")
        self.names["{kept_card_id}"] = bound("5555555555554444")
        self.names["{waiting_card_id}"] = bind("6011111111111117")

    def state(self):
        """All that money is: every account and the sums. It must be the same after a refusal."""
        accounts, cursor = [], ""
        while cursor is not None:
            page = self.server.call("GET", "/v1/ledger/accounts?limit=500" + (
                f"&cursor={cursor}" if cursor else ""), self.headers()).json()
            accounts += page["accounts"]
            cursor = page["next_cursor"]
        totals = self.server.call("GET", "/v1/ledger/totals", self.headers()).json()
        return json.dumps([accounts, totals], sort_keys=True)

    # ---- checks ----

    def check_success(self, operation, example, answer):
        require(answer.status == operation.status,
                f"status {answer.status}, not {operation.status}: {answer.body[:500]!r}")
        require(answer.content_type == operation.answer_type,
                f"content type {answer.content_type!r}, not {operation.answer_type!r}")
        require("traceparent" in answer.headers, "no traceparent")
        if operation.answer_type == "application/json":
            body = answer.json()
            faults = self.api.schemas.faults(operation.answer_schema, body)
            require(not faults, f"the answer does not fit its schema: {faults[:3]}")
            for pointer, value in example.get("expect", {}).items():
                found = at_pointer(body, pointer)
                require(found == value, f"{pointer} is {found!r}, not {value!r}")
        elif operation.answer_type == "application/x-ndjson":
            lines = [json.loads(line) for line in answer.body.decode().splitlines()]
            require(lines and all(isinstance(line, dict) for line in lines), "no objects")
        else:
            require(answer.body, "the answer is empty")

    def check_problem(self, answer, status, code, field=None, charged=None):
        require(answer.status == status,
                f"status {answer.status}, not {status}: {answer.body[:500]!r}")
        require(answer.content_type == "application/problem+json",
                f"content type {answer.content_type!r}: {answer.body[:200]!r}")
        problem = answer.json()
        faults = self.api.schemas.faults({"$ref": "#/components/schemas/Problem"}, problem)
        require(not faults, f"the problem does not fit its schema: {faults[:3]}")
        require(problem["code"] == code, f"code {problem['code']!r}, not {code!r}: {problem}")
        require(problem["status"] == status, f"the body says status {problem['status']}")
        if field is not None:
            require(problem.get("field") == field,
                    f"field {problem.get('field')!r}, not {field!r}")
        if charged is not None:
            require(problem.get("charged") == charged, f"charged {problem.get('charged')!r}")
        return problem

    def check_failing(self, operation, example):
        request = example.get("request", {})
        before = self.state()
        answer = self.send(operation, request)
        problem = self.check_problem(answer, example["status"], example["code"],
                                     example.get("field"), example.get("charged"))
        require(problem["title"] == self.api.errors[example["code"]]["title"]["en"],
                f"title {problem['title']!r}")
        zh = self.check_problem(self.send(operation, request, ZH), example["status"],
                                example["code"])
        require(zh["title"] == self.api.errors[example["code"]]["title"]["zh"],
                f"Chinese title {zh['title']!r}")
        require(zh["fix"] == self.api.errors[example["code"]]["fix"]["zh"], "Chinese fix")
        require(self.state() == before, "the ledger changed")

    def check_reference(self):
        """The pages are served, under a policy that they keep to."""
        for path, expected in (("/docs", "ledger_transfers_post"), ("/docs/errors", "余额不足")):
            page = self.server.call("GET", path, {"Accept": "text/html"})
            require(page.status == 200 and page.content_type == "text/html", f"{path}: {page.status}")
            require(expected in page.body.decode(), f"{path} is not that page")
            policy = page.headers.get("content-security-policy", "")
            require("default-src 'none'" in policy and "unsafe-inline" not in policy, policy)
        style = self.server.call("GET", "/docs/docs.css", {"Accept": "text/css"})
        require(style.status == 200 and style.content_type == "text/css", f"{style.status}")

    # ---- the run ----

    def attempt(self, name, check):
        try:
            check()
            self.passed += 1
        except Exception as error:  # one failure must not hide the next
            kind = "" if isinstance(error, Failed) else f"{type(error).__name__}: "
            self.failures.append(name)
            print(f"FAILED {name}: {kind}{error}", flush=True)
        status = self.server.process.poll()
        if status is not None and name != "stop":
            self.failures.append(name)
            print(f"FAILED {name}: the server ended with status {status}:\n{self.server.log()}",
                  flush=True)
            self.server.start()

    def run_examples(self, only):
        for operation in self.api.operations:
            if only and operation.name not in only:
                continue
            for example in operation.examples:
                if "tested_by" in example:
                    continue
                name = f"{operation.name}/{example['name']}"
                if "status" in example:
                    self.attempt(name, lambda: self.check_failing(operation, example))
                else:
                    self.attempt(name, lambda: self.check_success(
                        operation, example,
                        self.send_patiently(operation, example.get("request", {}))))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jinnang", required=True)
    parser.add_argument("--database", choices=("sqlite", "postgres"), required=True)
    parser.add_argument("--mint", required=True, help="the program mint_people")
    parser.add_argument("--pages", help="what gen_api.py --html made, to be served at /docs")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    api = Api(os.path.join(ROOT, "api/openapi.yaml"), os.path.join(ROOT, "api/errors.yaml"))
    with Server(os.path.abspath(options.jinnang), options.database,
                options.pages, os.path.abspath(options.mint)) as server:
        contract = Contract(server, api)
        contract.prepare()
        bad = BadInput(contract)
        if not options.names:
            bad.begin_slow_clients()
        contract.run_examples(options.names)
        if not options.names:
            if options.pages:
                contract.attempt("reference", contract.check_reference)
            bad.run()
            contract.attempt("stop", lambda: require(server.stop_status() == 0,
                                                     f"the server's end: {server.log()}"))
        if contract.failures:
            print(f"the server's last words:\n{server.log()}", file=sys.stderr)
    print(f"{contract.passed} passed, {len(contract.failures)} failed")
    return 1 if contract.failures or contract.passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
