"""An installation of its own for a test: `jinnang init`, `jinnang serve`, requests, a stop.

Non-goals: PostgreSQL's server itself (tools/test-pg gives JN_TEST_PG_URL).
"""
import http.client
import itertools
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse

DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
NODE = 201  # of the ids made here
counter = itertools.count()


def new_id(prefix):
    """An id as the program makes them: 42 bits of milliseconds, 8 of node, 13 of counter."""
    value = int(time.time() * 1000) << 21 | NODE << 13 | next(counter) % 8192
    return prefix + "_" + "".join(DIGITS[value >> 5 * i & 31] for i in range(12, -1, -1))


class Proxy:
    """Stands between the program and PostgreSQL, and can take it away."""

    def __init__(self, host, port):
        self.target = (host, port)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.lock, self.pairs, self.up, self.closed = threading.Lock(), set(), True, False
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                up = self.up
            if not up:
                client.close()
                continue
            server = socket.create_connection(self.target)
            with self.lock:
                self.pairs.add((client, server))
            for a, b in ((client, server), (server, client)):
                threading.Thread(target=self._pump, args=(a, b), daemon=True).start()

    @staticmethod
    def _pump(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def take_away(self):
        with self.lock:
            self.up = False
            for pair in self.pairs:
                for end in pair:
                    try:
                        end.shutdown(socket.SHUT_RDWR)
                    except OSError:
                        pass
            self.pairs.clear()

    def give_back(self):
        with self.lock:
            self.up = True

    def close(self):
        self.take_away()
        self.listener.close()


class Installation:
    """backend: "sqlite" or "postgres"."""

    def __init__(self, program, backend="sqlite", *, behind_proxy=False):
        self.program, self.backend = program, backend
        self.directory = tempfile.TemporaryDirectory(prefix="jinnang-test-")
        self.data = self.directory.name + "/data"
        self.proxy, self.database, self.process = None, None, None
        self.options = ["--data", self.data]
        if backend == "postgres":
            self._make_database(behind_proxy)
        out = self.run("init", "--sandbox", "--json")
        self.key = json.loads(out)["api_key"]

    def _make_database(self, behind_proxy):
        server = os.environ["JN_TEST_PG_URL"]  # a test without it fails
        self.database = "http_" + secrets.token_hex(6)
        subprocess.run(["psql", "-qX", server, "-c", f"CREATE DATABASE {self.database}"], check=True)
        self.server_url = server
        url = urllib.parse.urlsplit(server)
        netloc = url.netloc
        if behind_proxy:
            self.proxy = Proxy(url.hostname, url.port)
            netloc = re.sub(r":\d+$", f":{self.proxy.port}", netloc)
        os.makedirs(self.data, mode=0o700)
        self.options += ["--db", urllib.parse.urlunsplit((url.scheme, netloc, "/" + self.database, url.query, ""))]

    def run(self, command, *options):
        done = subprocess.run([self.program, command, *self.options, *options], capture_output=True, text=True,
                              timeout=120)
        if done.returncode != 0:
            raise AssertionError(f"{command} failed: {done.stdout} {done.stderr}")
        return done.stdout

    def beside(self):
        """Another server on the same PostgreSQL database, to be started with a --node of its own."""
        other = object.__new__(Installation)
        other.__dict__.update(self.__dict__, process=None, proxy=None, database=None,
                              directory=tempfile.TemporaryDirectory(prefix="jinnang-test-"))
        return other

    def start(self, *options):
        self.log_path = f"{self.directory.name}/log-{time.monotonic_ns()}"
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [self.program, "serve", *self.options, "--listen", "127.0.0.1:0", *options],
                stdout=subprocess.PIPE, stderr=log, text=True)
        line = self.process.stdout.readline()
        found = re.search(r":(\d+)$", line.strip())
        if not found:
            raise AssertionError(f"serve said {line!r}: {self.log()}")
        self.port = int(found.group(1))
        return self

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def stop(self, timeout=60):
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout)
        self.process.stdout.close()
        self.process = None
        if code != 0:
            raise AssertionError(f"serve ended with {code}: {self.log()[-4000:]}")

    def close(self):
        try:
            self.stop()
        finally:
            if self.proxy is not None:
                self.proxy.close()
            if self.database is not None:
                subprocess.run(["psql", "-qX", self.server_url, "-c",
                                f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)"], check=True)
            self.directory.cleanup()

    def connect(self, timeout=30):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def ask(self, method, path, body=None, *, key=None, idempotency=None, headers=None, connection=None):
        """(status, headers, body), the body decoded where it is JSON."""
        mine = connection is None
        connection = connection or self.connect()
        sent = {"Authorization": f"Bearer {key or self.key}"} if key != "none" else {}
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if body is not None:
            sent["Content-Type"] = "application/json"
        if idempotency:
            sent["Idempotency-Key"] = idempotency
        sent.update(headers or {})
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            data = answer.read()
            found = {k.lower(): v for k, v in answer.getheaders()}
            if "json" in found.get("content-type", "") and "ndjson" not in found["content-type"]:
                data = json.loads(data)
            return answer.status, found, data
        finally:
            if mine:
                connection.close()

    def open_accounts(self, count, **fields):
        accounts = [{"id": new_id("acc"), "kind": "wallet", "currency": "CNY", **fields} for _ in range(count)]
        status, _, answer = self.ask("POST", "/v1/ledger/accounts", {"accounts": accounts},
                                     idempotency="open-" + secrets.token_hex(8))
        assert status == 200 and answer["opened"] == count, answer
        return [a["id"] for a in accounts]

    def new_key(self, *scopes, idempotency=None):
        status, _, answer = self.ask("POST", "/v1/api-keys", {"name": "test", "scopes": list(scopes)},
                                     idempotency=idempotency or "key-" + secrets.token_hex(8))
        assert status == 201, answer
        return answer

    def put(self, source, target, amount=1, *, id=None, connection=None, **fields):
        id = id or new_id("tr")
        status, _, answer = self.ask("PUT", f"/v1/ledger/transfers/{id}",
                                     {"debit_account_id": source, "credit_account_id": target, "amount_minor": amount,
                                      "currency": "CNY", "code": 1, **fields}, connection=connection)
        return id, status, answer
