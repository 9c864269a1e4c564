#!/usr/bin/env python3
"""cli_errors.py --jinnang PROGRAM: how commands fail.

Each row is a command that cannot succeed and the error it must name, with what to do, on standard
error and with status 1. It needs JN_TEST_PG_URL (tools/test-pg run) for the rows about PostgreSQL.
"""
import argparse
import json
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile

from server import Server

SECONDS_MAX = 60


class Commands:
    def __init__(self, jinnang, directory):
        self.jinnang, self.directory = jinnang, directory
        self.passed = self.failed = 0

    def path(self, name):
        return os.path.join(self.directory, name)

    def db(self, name):
        return "sqlite:" + self.path(name)

    def run(self, *words):
        return subprocess.run([self.jinnang, *words], cwd=self.directory, capture_output=True,
                              text=True, timeout=SECONDS_MAX, check=False)

    def must(self, *words):
        done = self.run(*words)
        if done.returncode != 0:
            raise RuntimeError(f"{words}: {done.stderr}")
        return done.stdout

    def fails(self, code, *words):
        """`code` is an error's, or a word of the advice where a command words its own."""
        done = self.run(*words)
        said = done.stderr
        if done.returncode == 1 and code in said and "what to do: " in said:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {' '.join(words)}: wanted {code}, status {done.returncode}: "
                  f"{said[-500:]}{done.stdout[-300:]}")


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)
    return path


def about_files(commands, busy):
    live = ["--db", commands.db("live.db"), "--data", commands.path("live")]
    commands.must("init", *live)
    commands.must("init", "--db", commands.db("other.db"), "--data", commands.path("other"))
    other = ["--db", commands.db("other.db"), "--data", commands.path("other")]
    junk = write(commands.path("junk"), bytes(range(256)) * 40)
    write(commands.path("empty.db"), b"")
    commands.fails("file_exists", "init", *live)
    commands.fails("store_not_found", "serve", "--db", commands.db("nothing.db"))
    commands.fails("store_url_invalid", "serve", "--db", "nonsense://x")
    commands.fails("store_schema_older", "serve", "--db", commands.db("empty.db"))
    commands.must("migrate", "--db", commands.db("empty.db"))
    commands.fails("not_initialised", "serve", "--db", commands.db("empty.db"))
    commands.fails("sandbox_only", "serve", *live, "--sandbox")
    commands.fails("store_corrupt", "serve", "--db", "sqlite:" + junk)
    commands.fails("store_in_use", "serve", "--db", busy.url, "--data", busy.directory)
    commands.fails("config_invalid", "serve", *live, "--listen", "nonsense")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        commands.fails("listen_failed", "serve", *live, "--listen", f"127.0.0.1:{port}")
    commands.fails("tls_invalid", "serve", *live, "--listen", "127.0.0.1:0", "--tls-cert", junk,
                   "--tls-key", junk)
    commands.fails("file_not_found", "verify", commands.path("nothing.json"))
    commands.fails("io_failed", "verify", "/")
    commands.fails("key_malformed", "verify", junk, "--key", junk)
    commands.fails("file_exists", "backup", junk, *live)
    commands.fails("file_not_found", "backup", commands.path("no/such/place"), *live)
    commands.fails("store_corrupt", "restore", junk, *other)
    commands.fails("file_not_found", "restore", commands.path("nothing"), *other)


def about_damage(commands, server):
    """A transfer that was taken out of the file: the ledger refuses to start."""
    headers = {"Authorization": "Bearer " + server.key, "Content-Type": "application/json",
               "Idempotency-Key": "damage-accounts"}
    ids = ["acc_0000000000001", "acc_0000000000002"]
    server.call("POST", "/v1/ledger/accounts", headers, json.dumps({"accounts": [
        {"id": i, "kind": "suspense", "currency": "CNY"} for i in ids]}).encode())
    for number in (1, 2, 3):
        answer = server.call("PUT", f"/v1/ledger/transfers/tr_000000000000{number}", headers,
                             json.dumps({"debit_account_id": ids[0], "credit_account_id": ids[1],
                                         "amount_minor": 1, "currency": "CNY",
                                         "code": 1}).encode())
        if answer.status != 200:
            raise RuntimeError(answer.body)
    if server.stop_status() != 0:
        raise RuntimeError(server.log())
    database = sqlite3.connect(server.url.removeprefix("sqlite:"))
    if database.execute("DELETE FROM transfers WHERE transfer_id = 2").rowcount != 1:
        raise RuntimeError("there was no transfer to take out")
    database.commit()
    database.close()
    commands.fails("ledger_corrupt", "serve", "--db", server.url, "--data", server.directory)


def about_postgres(commands, busy):
    commands.fails("pg_dump", "backup", commands.path("copy"), "--db", busy.url)
    commands.fails("already_initialised", "init", "--db", busy.url, "--data",
                   commands.path("again"))
    unreachable = "postgres://nobody@127.0.0.1:1/nothing"
    commands.fails("store_unavailable", "serve", "--db", unreachable)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--jinnang", required=True)
    jinnang = os.path.abspath(parser.parse_args().jinnang)
    with tempfile.TemporaryDirectory(prefix="jn-cli-") as directory:
        commands = Commands(jinnang, directory)
        with Server(jinnang, "sqlite") as busy:
            about_files(commands, busy)
            about_damage(commands, busy)
        with Server(jinnang, "postgres") as busy:
            about_postgres(commands, busy)
    print(f"{commands.passed} passed, {commands.failed} failed")
    return 1 if commands.failed or commands.passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
