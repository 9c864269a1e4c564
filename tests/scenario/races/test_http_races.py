#!/usr/bin/env python3
"""test_http_races.py JINNANG sqlite|postgres — the same request in parallel over HTTP.

On PostgreSQL two servers share the database and callers alternate between them. Whatever the order: one
Idempotency-Key does its work once and gives everybody the same answer, another body under it is refused; one
transfer id posts once; a reply that was lost is found again on the other server and after a restart; a hold
is captured or voided, never both.
"""
import collections
import json
import os
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "support"))
import jn_test  # noqa: E402
from jn_test import check  # noqa: E402

PROGRAM, BACKEND = os.path.abspath(sys.argv[1]), sys.argv[2]
ROUNDS = 4 if os.environ.get("JN_TEST_QUICK") == "1" else 40
SIZES = (2, 5, 16, 64)
IDS = jn_test.Ids()


def together(count, function):
    """function(n) on `count` threads at once; the results in order."""
    start, results, errors = threading.Barrier(count), [None] * count, []

    def one(n):
        try:
            start.wait(30)
            results[n] = function(n)
        except Exception as reason:  # pylint: disable=broad-except
            errors.append(reason)

    threads = [threading.Thread(target=one, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check(not errors, f"{errors[:1]}")
    return results


class Races:
    def __init__(self, url, scratch):
        self.servers = [jn_test.Server(PROGRAM, url, scratch)]
        self.servers[0].init()
        self.servers[0].start("--node", "1")
        if BACKEND == "postgres":
            self.servers.append(jn_test.Server(PROGRAM, url, scratch, self.servers[0].key))
            self.servers[1].start("--node", "2")
        self.bank = self.open("bank")
        self.shop = self.open("merchant")

    def close(self):
        for server in self.servers:
            server.close()

    def server(self, n):
        return self.servers[n % len(self.servers)]

    def open(self, kind, flags=()):
        account = IDS.draw("acc")
        status, answer = self.servers[0].ask(
            "POST", "/v1/ledger/accounts",
            {"accounts": [{"id": account, "kind": kind, "currency": "CNY", "flags": list(flags)}]},
            {"Idempotency-Key": "open-" + account})
        check(status == 200 and answer["rejected"] == 0, f"{status} {answer}")
        return account

    def wallet(self, funds):
        account = self.open("wallet", ["debits_must_not_exceed_credits"])
        check(self.put(0, IDS.draw("tr"), self.body(self.bank, account, funds))[0] == 200, "top-up")
        return account

    @staticmethod
    def body(debit, credit, amount, **more):
        return dict({"debit_account_id": debit, "credit_account_id": credit, "amount_minor": amount,
                     "currency": "CNY", "code": 3}, **more)

    def put(self, n, transfer, body):
        return self.server(n).ask("PUT", "/v1/ledger/transfers/" + transfer, body)

    def balance(self, account):
        answers = [server.ask("GET", "/v1/ledger/accounts/" + account) for server in self.servers]
        check(len({json.dumps(a, sort_keys=True) for a in answers}) == 1, f"servers differ: {answers}")
        return answers[0][1]["balance_minor"]

    def sums(self):
        for total in self.servers[0].ask("GET", "/v1/ledger/totals")[1]["totals"]:
            check(total["balanced"] is True, f"{total}")

    # ---- races ----

    def same_key(self):
        for turn in range(ROUNDS):
            count = SIZES[turn % len(SIZES)]
            wallet, key = self.wallet(100000), "race-" + IDS.draw("key")
            body = {"transfers": [self.body(wallet, self.shop, 70), self.body(wallet, self.shop, 30)]}
            answers = together(count, lambda n: self.server(n).ask(
                "POST", "/v1/ledger/transfers", body, {"Idempotency-Key": key}))
            done = [a for s, a in answers if s == 200]
            # Somebody else is at it: a definite "ask again", with nothing done.
            waiting = [(s, a["code"]) for s, a in answers if s != 200]
            check(set(waiting) <= {(409, "idempotency_key_in_progress")}, f"{waiting[:3]}")
            check(done and all(a == done[0] for a in done), f"different answers: {done[:3]}")
            check(self.balance(wallet) == 100000 - 100, "the work was done more than once")
            again = self.server(turn + 1).ask("POST", "/v1/ledger/transfers", body,
                                              {"Idempotency-Key": key})
            check(again == (200, done[0]), f"asked again: {again}")
            body["transfers"][0]["amount_minor"] = 71
            status, answer = self.server(turn).ask("POST", "/v1/ledger/transfers", body,
                                                   {"Idempotency-Key": key})
            check((status, answer["code"]) == (409, "idempotency_key_reused"), f"{status} {answer}")

    def same_id(self):
        for turn in range(ROUNDS):
            count = SIZES[turn % len(SIZES)]
            wallet, transfer = self.wallet(1000), IDS.draw("tr")
            body = self.body(wallet, self.shop, 400)
            answers = together(count, lambda n: self.put(n, transfer, body))
            check({s for s, _ in answers} == {200}, f"{collections.Counter(s for s, _ in answers)}")
            first = [a for _, a in answers if not a["replayed"]]
            check(len(first) == 1, f"{len(first)} say that they were first")
            for _, answer in answers:
                check(dict(answer, replayed=False) == first[0], f"{answer} and {first[0]}")
            check(self.balance(wallet) == 600, "posted more than once")

    def capture_or_void(self):
        for turn in range(ROUNDS):
            count = SIZES[turn % len(SIZES)]
            wallet, hold = self.wallet(1000), IDS.draw("tr")
            status, _ = self.put(turn, hold, self.body(wallet, self.shop, 900, flags=["pending"]))
            check(status == 200, f"hold: {status}")
            answers = together(count, lambda n: self.put(n, IDS.draw("tr"), {
                "code": 3, "pending_id": hold, "amount_minor": 0,
                "flags": ["post_pending" if n % 2 else "void_pending"]}))
            won = [n for n, (s, _) in enumerate(answers) if s == 200]
            check(len(won) == 1, f"{len(won)} won")
            codes = {a["code"] for s, a in answers if s != 200}
            wanted = {"pending_already_posted" if won[0] % 2 else "pending_already_voided"}
            check(codes == wanted or count == 1, f"{codes}")
            check(self.balance(wallet) == (100 if won[0] % 2 else 1000), "the money follows the winner")

    def hot_wallet(self):
        for turn in range(ROUNDS):
            count = SIZES[turn % len(SIZES)]
            wallet = self.wallet(count // 2 * 10)
            answers = together(count, lambda n: self.put(n, IDS.draw("tr"),
                                                         self.body(wallet, self.shop, 10)))
            codes = collections.Counter((s, a["code"]) for s, a in answers)
            check(codes[(200, "ok")] == count // 2, f"{codes}")
            check(sum(codes.values()) == codes[(200, "ok")] + codes[(422, "insufficient_funds")],
                  f"{codes}")
            check(all(a["charged"] == "false" for s, a in answers if s == 422), "charged")
            check(self.balance(wallet) == 0, "not what was there")

    def lost_reply(self):
        """The connection is closed without reading; asked again elsewhere, and after a restart."""
        wallet, sent = self.wallet(10000), []
        for n in range(20):
            transfer, body = IDS.draw("tr"), self.body(wallet, self.shop, 7)
            connection = self.server(n).connect()
            connection.request("PUT", "/v1/ledger/transfers/" + transfer, json.dumps(body),
                               {"Authorization": "Bearer " + self.servers[0].key,
                                "Content-Type": "application/json"})
            connection.close()
            sent.append((transfer, body))
        answers = [self.put(n + 1, transfer, body) for n, (transfer, body) in enumerate(sent)]
        check({s for s, _ in answers} == {200}, f"{answers[:2]}")
        check(self.balance(wallet) == 10000 - 20 * 7, "not once each")
        for server in self.servers:
            server.stop()
            server.start("--node", str(1 + self.servers.index(server)))
        for (transfer, body), (_, first) in zip(sent, answers):
            status, answer = self.put(0, transfer, body)
            check(status == 200 and answer["replayed"] and
                  dict(answer, replayed=0) == dict(first, replayed=0), f"{answer} and {first}")
        check(self.balance(wallet) == 10000 - 20 * 7, "not once each after a restart")


with jn_test.database(BACKEND) as (URL, SCRATCH):
    RACES = Races(URL, SCRATCH)
    try:
        STATUS = jn_test.main({name: getattr(RACES, name) for name in
                               ("same_key", "same_id", "capture_or_void", "hot_wallet", "lost_reply",
                                "sums")})
    finally:
        RACES.close()
sys.exit(STATUS)
