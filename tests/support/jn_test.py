"""jn_test.py — what the suites written in Python share: a database of their own on either backend, our
server, ids.

Non-goals: starting PostgreSQL, which `tools/test-pg run -- …` does; a test that needs it and finds no
JN_TEST_PG_URL fails.
"""
import contextlib
import http.client
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
STOP_SECONDS_MAX = 60


class Failure(Exception):
    """What does not hold; main() prints it and the test fails."""


def check(condition, what):
    if not condition:
        raise Failure(what)


def psql(statement):
    subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", os.environ["JN_TEST_PG_URL"],
                    "-c", statement], check=True, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def database(backend):
    """(url, scratch directory); both are removed afterwards."""
    # In memory where that is possible: what is tested here does not depend on the disk's speed.
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    scratch = tempfile.mkdtemp(prefix="jn-test-", dir=memory)
    try:
        if backend == "sqlite":
            yield "sqlite:" + os.path.join(scratch, "test.db"), scratch
            return
        check("JN_TEST_PG_URL" in os.environ, "run under tools/test-pg run -- …")
        name = "t_" + secrets.token_hex(8)
        psql(f"CREATE DATABASE {name}")
        try:
            yield os.environ["JN_TEST_PG_URL"].rsplit("/", 1)[0] + "/" + name, scratch
        finally:
            psql(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def run(*argv):
    """Standard output of a program that must succeed."""
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    check(done.returncode == 0, f"{' '.join(argv[:3])} … gave {done.returncode}:\n{done.stderr[-2000:]}"
                                f"{done.stdout[-1000:]}")
    return done.stdout


class Ids:
    """Time-ordered ids as text, of a node that no server uses in tests."""

    def __init__(self, node=77):
        self.lock, self.node, self.last = threading.Lock(), node, 0

    def draw(self, prefix):
        with self.lock:
            self.last = max(self.last + 1, (int(time.time() * 1000) << 21) | (self.node << 13))
            number = self.last
        return prefix + "_" + "".join(DIGITS[(number >> (5 * i)) & 31] for i in reversed(range(13)))


class Server:
    """`jinnang serve` on a free port. init() first, or give a key."""

    def __init__(self, program, url, scratch, key=None):
        self.program, self.url, self.scratch, self.key = program, url, scratch, key
        self.process = self.address = None
        self.log = os.path.join(scratch, f"server-{secrets.token_hex(3)}.log")

    def init(self, *options):
        said = run(self.program, "init", "--db", self.url, "--data", self.scratch, "--sandbox", "--json",
                   *options)
        self.key = json.loads(said)["api_key"]
        return json.loads(said)

    def start(self, *options):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.program, "serve", "--db", self.url, "--data", self.scratch, "--listen",
                 "127.0.0.1:0", *options], stdout=subprocess.PIPE, stderr=log, text=True)
        line = self.process.stdout.readline()
        check("listening on http://" in line, f"the server did not start: {line!r}\n{self.tail()}")
        host, port = line.strip().rsplit("http://", 1)[1].rsplit(":", 1)
        self.address = host, int(port)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(STOP_SECONDS_MAX)
        check(code == 0, f"stopped by SIGTERM with {code}\n{self.tail()}")

    def close(self):
        if self.process and self.process.poll() is None:
            self.kill()

    def tail(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return "".join(file.readlines()[-15:])

    def connect(self):
        return http.client.HTTPConnection(*self.address, timeout=20)

    def call(self, connection, method, path, body=None, headers=None):
        """(status, answer); raises OSError or HTTPException when there was no answer."""
        head = {"Authorization": "Bearer " + self.key}
        head.update(headers or {})
        data = None
        if body is not None:
            data = json.dumps(body)
            head["Content-Type"] = "application/json"
        connection.request(method, path, data, head)
        response = connection.getresponse()
        return response.status, json.loads(response.read() or b"null")

    def ask(self, method, path, body=None, headers=None):
        """One call on a connection of its own."""
        connection = self.connect()
        try:
            return self.call(connection, method, path, body, headers)
        finally:
            connection.close()


def main(tests):
    """Runs each of name -> function, prints one line each and the sum."""
    failed = 0
    for name, test in tests.items():
        try:
            test()
            print(f"ok {name}", flush=True)
        except Failure as reason:
            failed += 1
            print(f"FAILED {name}: {reason}", flush=True)
    print(f"{len(tests) - failed} passed, {failed} failed")
    return 1 if failed or not tests else 0


if __name__ == "__main__":
    sys.exit("a module, not a program")
