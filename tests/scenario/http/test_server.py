#!/usr/bin/env python3
"""The real server from outside, on either database: keys and scopes, idempotency, streams, limits, an
orderly stop, a database that goes away.

  test_server.py PATH-TO-jinnang sqlite|postgres
"""
import contextlib
import http.client
import json
import os
import secrets
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from installation import Installation, new_id  # noqa: E402

BACKEND = sys.argv.pop(2)
PROGRAM = sys.argv.pop(1)


class Served(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.it = Installation(PROGRAM, BACKEND)
        try:
            cls.it.start()
            cls.a, cls.b = cls.it.open_accounts(2)
        except BaseException:
            cls.it.close()
            raise

    @classmethod
    def tearDownClass(cls):
        cls.it.close()

    def problem(self, answer, status, code, **members):
        self.assertEqual((answer[0], answer[2].get("code")), (status, code), answer[2])
        self.assertEqual(answer[1]["content-type"], "application/problem+json")
        for name, value in members.items():
            self.assertEqual(answer[2].get(name), value, answer[2])

    def balance(self, account):
        status, _, answer = self.it.ask("GET", f"/v1/ledger/accounts/{account}/balance")
        self.assertEqual(status, 200, answer)
        return answer["balance_minor"]


class Keys(Served):
    def test_who_may_do_what(self):
        reader = self.it.new_key("ledger:read")["secret"]
        writer = self.it.new_key("ledger:write")["secret"]
        scraper = self.it.new_key("metrics:read")["secret"]
        transfer = {"debit_account_id": self.a, "credit_account_id": self.b, "amount_minor": 1, "currency": "CNY",
                    "code": 1}
        put = f"/v1/ledger/transfers/{new_id('tr')}"
        for key, method, path, body, status in [
                (reader, "GET", f"/v1/ledger/accounts/{self.a}", None, 200),
                (reader, "PUT", put, transfer, 403),
                (reader, "GET", "/metrics", None, 403),
                (reader, "GET", "/v1/api-keys", None, 403),
                (writer, "PUT", put, transfer, 200),
                (writer, "GET", f"/v1/ledger/accounts/{self.a}", None, 403),
                (scraper, "GET", "/metrics", None, 200),
                (scraper, "GET", "/v1/ledger/totals", None, 403),
                ("none", "GET", "/v1/ledger/totals", None, 401),
                ("none", "GET", "/healthz", None, 200),
                ("none", "GET", "/log/keys", None, 200),
                (reader[:-1] + ("0" if reader[-1] != "0" else "1"), "GET", "/v1/whoami", None, 401),
                ("nonsense", "GET", "/v1/whoami", None, 401)]:
            answer = self.it.ask(method, path, body, key=key)
            self.assertEqual(answer[0], status, (path, answer[2]))
            if status == 401:
                self.assertEqual(answer[1]["www-authenticate"], "Bearer")

    def test_a_revoked_key_is_refused_at_once(self):
        made = self.it.new_key("ledger:read")
        self.assertEqual(self.it.ask("GET", "/v1/whoami", key=made["secret"])[0], 200)
        status, _, answer = self.it.ask("DELETE", f"/v1/api-keys/{made['id']}")
        self.assertEqual(status, 200)
        self.assertIsNotNone(answer["revoked_at"])
        self.assertEqual(self.it.ask("GET", "/v1/whoami", key=made["secret"])[0], 401)
        self.assertEqual(self.it.ask("DELETE", f"/v1/api-keys/{made['id']}")[2]["revoked_at"], answer["revoked_at"])

    def test_the_last_administrator_stays(self):
        me = self.it.ask("GET", "/v1/whoami")[2]["api_key_id"]
        self.problem(self.it.ask("DELETE", f"/v1/api-keys/{me}"), 409, "api_key_last_admin")

    def test_a_secret_is_shown_to_its_maker_again_and_stored_nowhere(self):
        body = {"name": "shop", "scopes": ["ledger:read"]}
        first = self.it.ask("POST", "/v1/api-keys", body, idempotency="make-a-key-1")
        again = self.it.ask("POST", "/v1/api-keys", body, idempotency="make-a-key-1")
        self.assertEqual((first[0], first[2]), (201, again[2]))
        self.assertEqual(again[1]["idempotent-replayed"], "true")
        self.assertNotIn("idempotent-replayed", first[1])
        secret = first[2]["secret"].rsplit("_", 1)[1].encode()
        if BACKEND == "sqlite":
            for name in os.listdir(self.it.data):
                path = f"{self.it.data}/{name}"
                if os.path.isfile(path):
                    with open(path, "rb") as file:
                        self.assertNotIn(secret, file.read(), name)
        self.assertNotIn(secret.decode(), self.it.log())

    def test_guessing_keys_is_slowed_down(self):
        answers = [self.it.ask("GET", "/v1/whoami", key="guess")[0] for _ in range(70)]
        self.assertIn(429, answers)
        self.assertEqual(self.it.ask("GET", "/v1/whoami")[0], 200)  # those who have a key are let in
        time.sleep(3)  # for the tests that count 401s from this address


class Idempotency(Served):
    def batch(self, *transfers):
        return {"transfers": [{"debit_account_id": self.a, "credit_account_id": self.b, "amount_minor": 1,
                               "currency": "CNY", "code": 1, **t} for t in transfers]}

    def test_the_same_key_in_parallel_works_once(self):
        body, before = self.batch({"amount_minor": 7}), self.balance(self.b)
        answers, key = [], "race-" + secrets.token_hex(8)

        def post():
            answers.append(self.it.ask("POST", "/v1/ledger/transfers", body, idempotency=key))

        threads = [threading.Thread(target=post) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual({a[0] for a in answers}, {200})
        self.assertEqual(len({json.dumps(a[2]) for a in answers}), 1)
        self.assertEqual(sum("idempotent-replayed" not in a[1] for a in answers), 1)
        self.assertEqual(self.balance(self.b), before + 7)

    def test_another_body_is_refused_and_names_what_differs(self):
        key = "reuse-" + secrets.token_hex(8)
        self.assertEqual(self.it.ask("POST", "/v1/ledger/transfers", self.batch({}), idempotency=key)[0], 200)
        answer = self.it.ask("POST", "/v1/ledger/transfers", self.batch({"amount_minor": 2}), idempotency=key)
        self.problem(answer, 409, "idempotency_key_reused", field="body", charged="false")
        answer = self.it.ask("POST", "/v1/ledger/transfers?results=failures", self.batch({}), idempotency=key)
        self.problem(answer, 409, "idempotency_key_reused", field="path", charged="false")

    def test_a_key_belongs_to_its_api_key(self):
        key, body = "mine-" + secrets.token_hex(8), self.batch({})
        other = self.it.new_key("ledger:write")["secret"]
        first = self.it.ask("POST", "/v1/ledger/transfers", body, idempotency=key)
        second = self.it.ask("POST", "/v1/ledger/transfers", body, idempotency=key, key=other)
        self.assertEqual((first[0], second[0]), (200, 200))
        self.assertNotEqual(first[2]["results"][0]["id"], second[2]["results"][0]["id"])

    def test_validation_does_not_burn_a_key(self):
        key = "valid-" + secrets.token_hex(8)
        answer = self.it.ask("POST", "/v1/ledger/transfers", self.batch({"colour": "red"}), idempotency=key)
        self.problem(answer, 400, "field_unknown")
        self.assertEqual(self.it.ask("POST", "/v1/ledger/transfers", self.batch({}), idempotency=key)[0], 200)

    def test_a_large_answer_is_replayed_byte_for_byte(self):
        key, body = "large-" + secrets.token_hex(8), self.batch(*[{"reference": str(i + 1)} for i in range(3000)])
        answers = [self.it.ask("POST", "/v1/ledger/transfers", body, idempotency=key) for _ in range(2)]
        self.assertEqual(answers[0][2]["posted"], 3000)
        self.assertEqual(answers[0][2], answers[1][2])

    def test_a_put_is_its_own_key(self):
        before = self.balance(self.b)
        id, status, first = self.it.put(self.a, self.b, 3)
        self.assertEqual((status, first["replayed"]), (200, False))
        _, status, again = self.it.put(self.a, self.b, 3, id=id)
        self.assertEqual((status, again["replayed"]), (200, True))
        self.assertEqual({**again, "replayed": False}, first)
        _, status, other = self.it.put(self.a, self.b, 4, id=id)
        self.assertEqual((status, other["code"], other["charged"]), (409, "exists_with_different_amount", "false"))
        self.assertEqual(self.balance(self.b), before + 3)

    def test_an_id_that_failed_never_succeeds(self):
        poor = self.it.open_accounts(1, flags=["debits_must_not_exceed_credits"])[0]
        id, status, answer = self.it.put(poor, self.b, 5)
        self.assertEqual((status, answer["code"], answer["charged"]), (422, "insufficient_funds", "false"))
        self.assertEqual(self.it.put(self.a, poor, 50)[1], 200)
        _, status, answer = self.it.put(poor, self.b, 5, id=id)
        self.assertEqual((status, answer["code"]), (422, "insufficient_funds"))


class Proofs(Served):
    def test_what_is_handed_out_can_be_checked_offline(self):
        id, _, _ = self.it.put(self.a, self.b, 11)
        deadline = time.monotonic() + 10
        while True:
            status, _, receipt = self.it.ask("GET", f"/v1/ledger/transfers/{id}/receipt?side=debit")
            if status == 200:
                break
            self.assertEqual((status, receipt["code"]), (503, "receipt_not_ready"))
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)
        status, headers, statement = self.it.ask("GET", f"/v1/ledger/accounts/{self.a}/statement")
        self.assertEqual((status, headers["content-type"]), (200, "application/x-ndjson"))
        keys = self.it.ask("GET", "/log/keys", key="none")[2]
        files = self.it.directory.name
        with open(files + "/log.vkey", "w", encoding="utf-8") as file:
            file.write(keys["keys"][0]["verifier_key"] + "\n")
        with open(files + "/receipt.json", "w", encoding="utf-8") as file:
            json.dump(receipt, file)
        with open(files + "/statement.jsonl", "wb") as file:
            file.write(statement)
        for name in ("receipt.json", "statement.jsonl"):
            done = subprocess.run([PROGRAM, "verify", f"{files}/{name}", "--key", files + "/log.vkey"],
                                  capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_explanation_adds_up(self):
        rich, poor = self.it.open_accounts(2)
        for amount in range(1, 31):
            self.it.put(rich, poor, amount)
        self.it.put(poor, rich, 65)
        total, cursor, steps = 0, "", 0
        while cursor is not None:
            query = f"?limit=7&cursor={cursor}" if cursor else "?limit=7"
            page = self.it.ask("GET", f"/v1/ledger/accounts/{poor}/explanation{query}")[2]
            self.assertEqual(page["balance_before_minor"], total)
            total += page["change_sum_minor"]
            self.assertEqual(page["balance_after_minor"], total)
            self.assertEqual(page["change_sum_minor"], sum(s["change_minor"] for s in page["steps"]))
            steps += len(page["steps"])
            cursor = page["next_cursor"]
        self.assertEqual((total, steps, page["balance_minor"]), (30 * 31 // 2 - 65, 31, total))


class Events(Served):
    def stream(self, path, headers=None):
        connection = self.it.connect()
        connection.request("GET", path, headers={"Authorization": f"Bearer {self.it.key}", **(headers or {})})
        answer = connection.getresponse()
        self.assertEqual(answer.status, 200)
        return connection, answer

    def take(self, answer, count):
        found, index = [], None
        while len(found) < count:
            line = answer.readline()
            self.assertNotEqual(line, b"")
            if line.startswith(b"id: "):
                index = int(line[4:])
            elif line.startswith(b"data: "):
                found.append((index, json.loads(line[6:])["id"]))
        return found

    def test_every_transfer_once_and_in_order_also_after_a_break(self):
        connection, answer = self.stream("/v1/ledger/events")
        ids = [self.it.put(self.a, self.b)[0] for _ in range(20)]
        seen = self.take(answer, 12)
        connection.close()
        ids += [self.it.put(self.a, self.b)[0] for _ in range(100)]
        connection, answer = self.stream("/v1/ledger/events", {"Last-Event-ID": str(seen[-1][0])})
        seen += self.take(answer, 108)
        connection.close()
        self.assertEqual([s[1] for s in seen], ids)
        self.assertEqual(sorted({s[0] for s in seen}), [s[0] for s in seen])


class Limits(unittest.TestCase):
    def test_a_key_has_a_rate(self):
        it = Installation(PROGRAM, BACKEND)
        try:
            it.start("--rate", "5")
            answers = [it.ask("GET", "/v1/whoami") for _ in range(20)]
            self.assertEqual([a[0] for a in answers[:10]], [200] * 10)
            self.assertEqual(answers[-1][0], 429)
            self.assertEqual(answers[-1][2]["code"], "rate_limited")
            self.assertGreaterEqual(int(answers[-1][1]["retry-after"]), 1)
            self.assertEqual(it.ask("GET", "/healthz", key="none")[0], 200)
        finally:
            it.close()

    def test_large_bodies_are_refused_unread(self):
        it = Installation(PROGRAM, BACKEND)
        try:
            it.start()
            with socket.create_connection(("127.0.0.1", it.port), timeout=20) as connection:
                connection.sendall(b"POST /v1/ledger/transfers HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " +
                                   it.key.encode() + b"\r\nContent-Length: 104857600\r\n\r\n")
                answer = connection.recv(65536)
            self.assertIn(b" 413 ", answer)
            self.assertIn(b"body_too_large", answer)
        finally:
            it.close()


class Metrics(Served):
    def test_what_is_counted(self):
        for _ in range(12):
            self.it.put(self.a, self.b)
        deadline, values = time.monotonic() + 10, {}
        # The log is sealed and signed a moment later.
        while values.get("jinnang_ledger_log_size", "0") == "0" or \
                values["jinnang_ledger_checkpoint_size"] != values["jinnang_ledger_log_size"]:
            self.assertLess(time.monotonic(), deadline)
            text = self.it.ask("GET", "/metrics")[2].decode()
            values = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
        self.assertEqual(values['jinnang_ledger_debits_minus_credits_minor{currency="CNY"}'], "0")
        self.assertGreaterEqual(int(values["jinnang_ledger_transfers_posted_total"]), 10)
        self.assertGreaterEqual(int(values["jinnang_store_groups_total"]), 1)
        self.assertEqual(values["jinnang_store_available"], "1")
        self.assertLess(int(values["jinnang_store_queue_length"]), 100)
        self.assertGreaterEqual(int(values['jinnang_http_requests_total{method="PUT",route="/v1/ledger/transfers/'
                                           '{transfer_id}",class="2xx"}']), 10)
        self.assertNotIn(self.a, text)


class Stop(unittest.TestCase):
    def load(self, it, accounts, acknowledged, refused):
        connection, i = it.connect(), 0
        try:
            while True:
                i += 1
                id = new_id("tr")
                try:
                    _, status, answer = it.put(accounts[i % 10], accounts[(i + 1) % 10], id=id, connection=connection)
                except (OSError, http.client.HTTPException):
                    return  # no answer: it may be there or not
                if status == 200:
                    acknowledged.append(id)
                else:
                    refused.append((id, status, answer["code"], answer.get("charged")))
                    return
        finally:
            connection.close()

    def leaves_nothing_to_fold(self, it):
        """SQLite: every account row is as new as the log, so that the next start reads no transfers."""
        if BACKEND != "sqlite":
            return  # account rows are always current there
        with contextlib.closing(sqlite3.connect(it.data + "/jinnang.db")) as database:
            folded, leaves = database.execute(
                "SELECT (SELECT fold_from_index FROM log_state), (SELECT sum(leaf_count) FROM log_segments)").fetchone()
        self.assertGreater(leaves, 0)
        self.assertEqual(folded, leaves)

    def test_a_stop_under_load_loses_nothing_and_invents_nothing(self):
        it = Installation(PROGRAM, BACKEND)
        try:
            it.start()
            accounts = it.open_accounts(10)
            acknowledged, refused = [], []
            for _ in range(3):
                threads = [threading.Thread(target=self.load, args=(it, accounts, acknowledged, refused))
                           for _ in range(24)]
                for thread in threads:
                    thread.start()
                time.sleep(1)
                it.stop()
                for thread in threads:
                    thread.join()
                self.leaves_nothing_to_fold(it)
                it.start()
            self.assertGreater(len(acknowledged), 100)
            connection = it.connect()
            for id in acknowledged:
                self.assertEqual(it.ask("GET", f"/v1/ledger/transfers/{id}", connection=connection)[0], 200, id)
            for id, status, code, _ in refused:
                self.assertEqual((status, code), (503, "store_stopping"))
                self.assertEqual(it.ask("GET", f"/v1/ledger/transfers/{id}", connection=connection)[0], 404, id)
            connection.close()
            self.assertTrue(it.ask("GET", "/v1/ledger/totals")[2]["totals"][0]["balanced"])
        finally:
            it.close()


class LostDatabase(unittest.TestCase):
    def test_definite_refusals_then_back_without_a_restart(self):
        it = Installation(PROGRAM, BACKEND, behind_proxy=True)
        try:
            it.start()
            a, b = it.open_accounts(2)
            ids = {it.put(a, b)[0]: 200 for _ in range(5)}
            it.proxy.take_away()
            unknown, began = [], time.monotonic()
            while time.monotonic() - began < 6:
                id, status, answer = it.put(a, b)
                self.assertEqual(status, 503, answer)
                self.assertIn(answer["code"], ("store_unavailable", "outcome_unknown"))
                self.assertEqual(answer["charged"], "unknown" if answer["code"] == "outcome_unknown" else "false")
                if answer["code"] == "outcome_unknown":
                    unknown.append(id)
                else:
                    ids[id] = 404
                time.sleep(0.2)
            self.assertIn(404, ids.values())
            self.assertEqual(it.ask("GET", "/healthz", key="none")[0], 200)
            self.assertEqual(it.ask("GET", "/readyz", key="none")[0], 503)
            it.proxy.give_back()
            deadline = time.monotonic() + 30
            while it.put(a, b)[1] != 200:
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.2)
            self.assertEqual(it.ask("GET", "/readyz", key="none")[0], 200)
            for id, status in ids.items():
                self.assertEqual(it.ask("GET", f"/v1/ledger/transfers/{id}")[0], status, id)
            for id in unknown:
                self.assertEqual(it.put(a, b, id=id)[1], 200)
        finally:
            it.close()


class TwoServers(unittest.TestCase):
    def setUp(self):
        self.one = Installation(PROGRAM, BACKEND)
        self.addCleanup(self.one.close)
        self.one.start("--node", "1")
        self.two = self.one.beside()
        self.addCleanup(self.two.close)
        self.two.start("--node", "2")

    def test_one_key_on_two_servers_works_once(self):
        a, b = self.one.open_accounts(2)
        for _ in range(10):
            key, answers = "two-" + secrets.token_hex(8), []
            body = {"transfers": [{"debit_account_id": a, "credit_account_id": b, "amount_minor": 1, "currency": "CNY",
                                   "code": 1}]}

            def post(it):
                answers.append(it.ask("POST", "/v1/ledger/transfers", body, idempotency=key))

            threads = [threading.Thread(target=post, args=(it,)) for it in (self.one, self.two) * 4]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual([x[0] for x in answers], [200] * 8, answers)
            self.assertEqual(len({json.dumps(x[2]) for x in answers}), 1)
        for it in (self.one, self.two):
            self.assertEqual(it.ask("GET", f"/v1/ledger/accounts/{b}/balance")[2]["balance_minor"], 10)

    def test_one_id_on_two_servers_is_made_once(self):
        a, b = self.one.open_accounts(2)
        answers, ids = [], [new_id("tr") for _ in range(40)]

        def put(it):
            for id in ids:
                answers.append(it.put(a, b, id=id)[1:])

        threads = [threading.Thread(target=put, args=(it,)) for it in (self.one, self.two) * 2]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([x[0] for x in answers], [200] * 160, answers)
        self.assertEqual(sum(not x[1]["replayed"] for x in answers), 40)
        self.assertEqual(self.two.ask("GET", f"/v1/ledger/accounts/{b}/balance")[2]["balance_minor"], 40)

    def test_a_key_that_one_revokes_the_other_refuses_soon(self):
        made = self.one.new_key("ledger:read")
        deadline = time.monotonic() + 6
        while self.two.ask("GET", "/v1/whoami", key=made["secret"])[0] != 200:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.5)
        self.one.ask("DELETE", f"/v1/api-keys/{made['id']}")
        deadline = time.monotonic() + 6
        while self.two.ask("GET", "/v1/whoami", key=made["secret"])[0] != 401:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.5)

    def test_events_of_one_are_seen_at_the_other(self):
        a, b = self.one.open_accounts(2)
        connection = self.two.connect()
        connection.request("GET", "/v1/ledger/events", headers={"Authorization": f"Bearer {self.two.key}"})
        answer = connection.getresponse()
        id, _, _ = self.one.put(a, b)
        began = time.monotonic()
        while True:
            line = answer.readline()
            if line.startswith(b"data: "):
                break
        self.assertEqual(json.loads(line[6:])["id"], id)
        self.assertLess(time.monotonic() - began, 5)
        connection.close()


if BACKEND == "sqlite":
    # A SQLite file does not go away and belongs to one process: there is nothing to test.
    del LostDatabase, TwoServers

if __name__ == "__main__":
    unittest.main(verbosity=1)
