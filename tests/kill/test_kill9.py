#!/usr/bin/env python3
"""test_kill9.py JINNANG AUDIT sqlite|postgres|postmaster — kill -9 under HTTP load, again and again.

sqlite, postgres: the server process is killed; postmaster: the database server is, as by
`pg_ctl stop -m immediate`, while our server lives on. After each kill everything starts again and
what clients were told is compared with what the ledger says:

  * every acknowledged transfer is there, and asking again gives the same answer, marked as replayed;
  * what got no answer is settled by asking again with the same id;
  * at the end the books hold exactly the transfers that were acknowledged, no other, and debits equal
    credits; a last stop by SIGTERM is clean.

Non-goals: faults below the store (test_faults), power failures (jinnang simulate). The load is small
transfers, holds and captures over keep-alive connections, one thread each.
"""
import http.client
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import jn_test  # noqa: E402
from jn_test import Failure, check  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
QUICK = os.environ.get("JN_TEST_QUICK") == "1"
KILLS = {"sqlite": 50, "postgres": 25, "postmaster": 10}
THREADS = 8
LOAD_SECONDS = (0.1, 0.9)
CODE = 11


# ---- the database of one run ----

class Sqlite:
    def __init__(self, scratch):
        self.url = "sqlite:" + os.path.join(scratch, "jinnang.db")

    def close(self):
        pass


class Postgres:
    """A cluster of its own, so that it may be killed."""

    def __init__(self, scratch):
        self.directory = tempfile.mkdtemp(prefix="jn-kill-pg-")
        shutil.rmtree(self.directory)
        said = subprocess.run([os.path.join(ROOT, "tools/test-pg"), "start", self.directory],
                              stdout=subprocess.PIPE, check=True, text=True).stdout
        self.url = said.strip().splitlines()[-1]
        self.data = os.path.join(self.directory, "data")
        with open(f"/proc/{self.pid()}/cmdline", "rb") as file:
            self.command = [part.decode() for part in file.read().split(b"\0") if part]
        status = os.stat(self.data)
        self.user = {} if os.geteuid() != 0 else {"user": status.st_uid, "group": status.st_gid,
                                                  "extra_groups": []}

    def pid(self):
        with open(os.path.join(self.data, "postmaster.pid"), encoding="ascii") as file:
            return int(file.readline())

    def kill(self):
        """What `pg_ctl stop -m immediate` does."""
        pid = self.pid()
        os.kill(pid, signal.SIGQUIT)
        while os.path.exists(f"/proc/{pid}"):
            state = open(f"/proc/{pid}/stat", encoding="ascii").read().rsplit(") ", 1)[1][0]
            if state == "Z":
                break
            time.sleep(0.02)

    def start(self):
        with open(os.path.join(self.directory, "log"), "ab") as log:
            self.process = subprocess.Popen(self.command, cwd="/", stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, start_new_session=True,
                                            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
                                            **self.user)

    def close(self):
        subprocess.run([os.path.join(ROOT, "tools/test-pg"), "stop", self.directory], check=False)


# ---- clients ----

NO_ANSWER = (OSError, http.client.HTTPException, ValueError)
# The ledger said neither yes nor no: the client must ask again.
UNDECIDED = (408, 429, 500, 502, 503, 504, 507)


class Books:
    """What clients were told: id -> (body, answer); and what they still wait for: id -> body."""

    def __init__(self):
        self.lock = threading.Lock()
        self.acknowledged, self.refused, self.unknown = {}, {}, {}
        self.holds = []

    def note(self, transfer_id, body, status, answer):
        with self.lock:
            self.unknown.pop(transfer_id, None)
            if status == 200:
                self.acknowledged[transfer_id] = (body, answer)
                if "pending" in body.get("flags", []):
                    self.holds.append(transfer_id)
            else:
                self.refused[transfer_id] = (body, status, answer["code"])


class Client(threading.Thread):
    def __init__(self, server, books, accounts, ids, seed):
        super().__init__(daemon=True)
        self.server, self.books, self.accounts, self.ids = server, books, accounts, ids
        self.random = random.Random(seed)
        self.go_on = True
        self.error = None

    def make(self):
        dice = self.random.random()
        with self.books.lock:
            hold = self.books.holds.pop() if self.books.holds and dice < 0.1 else None
        if hold:
            flag = self.random.choice(["post_pending", "void_pending"])
            return {"code": CODE, "flags": [flag], "pending_id": hold, "amount_minor": 0}
        debit, credit = self.random.sample(self.accounts, 2)
        body = {"debit_account_id": debit, "credit_account_id": credit,
                "amount_minor": self.random.randint(1, 500), "currency": "CNY", "code": CODE}
        if dice < 0.25:
            body["flags"] = ["pending"]
        return body

    def run(self):
        connection = self.server.connect()
        try:
            while self.go_on:
                transfer_id, body = self.ids.draw("tr"), self.make()
                with self.books.lock:
                    self.books.unknown[transfer_id] = body
                status, answer = self.server.call(connection, "PUT",
                                                  "/v1/ledger/transfers/" + transfer_id, body)
                if status in UNDECIDED:
                    continue  # it stays unknown until it is asked again
                self.books.note(transfer_id, body, status, answer)
        except NO_ANSWER:
            pass  # the kill
        except Exception as reason:  # pylint: disable=broad-except
            self.error = reason
        finally:
            connection.close()


def ask(server, connection, transfer_id, body, seconds=30):
    """Asks until there is a yes or a no."""
    deadline = time.monotonic() + seconds
    while True:
        status, answer = None, None
        try:
            status, answer = server.call(connection, "PUT", "/v1/ledger/transfers/" + transfer_id,
                                         body)
        except NO_ANSWER:
            connection.close()
        if status is not None and status not in UNDECIDED:
            return status, answer
        check(time.monotonic() < deadline, f"{transfer_id}: no decision: {status} {answer}")
        time.sleep(0.05)


def same(answer, again):
    return {k: v for k, v in answer.items() if k != "replayed"} == \
           {k: v for k, v in again.items() if k != "replayed"}


def check_after_kill(server, books, fresh):
    """What was acknowledged since the kill before, and some of what is older."""
    connection = server.connect()
    older = random.sample(sorted(books.acknowledged), min(20, len(books.acknowledged)))
    for transfer_id in list(fresh) + older:
        body, answer = books.acknowledged[transfer_id]
        status, again = ask(server, connection, transfer_id, body)
        check(status == 200 and again["replayed"] is True,
              f"{transfer_id} was acknowledged; asked again: {status} {again}")
        check(same(answer, again), f"{transfer_id} was told {answer}, and now {again}")
    for transfer_id, body in sorted(books.unknown.items()):
        status, answer = ask(server, connection, transfer_id, body)
        books.note(transfer_id, body, status, answer)
    for transfer_id in random.sample(sorted(books.refused), min(10, len(books.refused))):
        body, status, code = books.refused[transfer_id]
        again, answer = ask(server, connection, transfer_id, body)
        check((again, answer["code"]) == (status, code),
              f"{transfer_id} was refused with {status} {code}, and now {again} {answer}")
    connection.close()


def load(server, books, accounts, ids, seconds, strike):
    """Runs clients, strikes after `seconds`, and returns what was acknowledged meanwhile."""
    before = set(books.acknowledged)
    clients = [Client(server, books, accounts, ids, random.random()) for _ in range(THREADS)]
    for client in clients:
        client.start()
    time.sleep(seconds)
    strike()
    for client in clients:
        client.go_on = False
    for client in clients:
        client.join(30)
        check(not client.is_alive(), "a client hangs")
        if client.error:
            raise client.error
    return set(books.acknowledged) - before


def check_books(program, server, books):
    """The exported books hold exactly what was acknowledged."""
    said = subprocess.run([program, "export", "json", "--db", server.url], stdout=subprocess.PIPE,
                          check=True, text=True).stdout
    exported = {t["transfer_id"]: t for t in json.loads(said)["transfers"]}
    extra = set(exported) - set(books.acknowledged)
    missing = set(books.acknowledged) - set(exported)
    check(not missing, f"{len(missing)} acknowledged transfers are gone: {sorted(missing)[:3]}")
    check(not extra, f"{len(extra)} transfers nobody acknowledged: {sorted(extra)[:3]}")
    for transfer_id, (body, _) in books.acknowledged.items():
        if body["amount_minor"] > 0:
            check(exported[transfer_id]["amount"]["amount_minor"] == body["amount_minor"],
                  f"{transfer_id}: another amount")


def open_accounts(server, ids):
    accounts = [ids.draw("acc") for _ in range(12)]
    # A third of them may not overdraw: their refusals burn ids, which must stay burnt.
    body = {"accounts": [{"id": a, "kind": "wallet", "currency": "CNY",
                          "flags": ["debits_must_not_exceed_credits"] if n % 3 == 0 else []}
                         for n, a in enumerate(accounts)]}
    connection = server.connect()
    status, answer = server.call(connection, "POST", "/v1/ledger/accounts", body,
                                 {"Idempotency-Key": "open-" + accounts[0]})
    connection.close()
    check(status == 200 and answer["rejected"] == 0, f"opening accounts: {status} {answer}")
    return accounts


def run(program, audit, what, scratch):
    database = Sqlite(scratch) if what == "sqlite" else Postgres(scratch)
    kills = max(3, KILLS[what] // 10) if QUICK else KILLS[what]
    books, ids, server = Books(), jn_test.Ids(), None
    try:
        server = jn_test.Server(program, database.url, scratch)
        server.init()
        server.start()
        accounts = open_accounts(server, ids)
        for _ in range(kills):
            seconds = random.uniform(*LOAD_SECONDS)
            if what == "postmaster":
                fresh = load(server, books, accounts, ids, seconds, database.kill)
                database.start()
            else:
                fresh = load(server, books, accounts, ids, seconds, server.kill)
                server.start()
            check_after_kill(server, books, fresh)
        fresh = load(server, books, accounts, ids, 0.3, server.stop)
        server.start()
        check_after_kill(server, books, fresh)
        server.stop()
        check_books(program, server, books)
        jn_test.run(audit, "--db", database.url)
        check(len(books.acknowledged) > 20 * kills, f"only {len(books.acknowledged)} transfers")
        print(f"{kills} kills, {len(books.acknowledged)} acknowledged, "
              f"{len(books.refused)} refused, none lost, none invented")
    finally:
        if server:
            server.close()
        database.close()


def main():
    if len(sys.argv) != 4 or sys.argv[3] not in KILLS:
        print(__doc__)
        return 2
    seed = int(os.environ.get("JN_TEST_SEED", time.time_ns() % 1000000))
    random.seed(seed)
    scratch = tempfile.mkdtemp(prefix="jn-kill-")
    try:
        run(sys.argv[1], sys.argv[2], sys.argv[3], scratch)
    except Failure as reason:
        print(f"FAILED (JN_TEST_SEED={seed}): {reason}")
        print("1 failed")
        return 1
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print("1 passed, 0 failed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
