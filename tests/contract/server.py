"""server.py: a real `jinnang serve` on a fresh database, and a client that says exactly what it is told.

For the contract tests: one process, loopback only, everything removed afterwards.
"""
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.parse
import uuid

READY_SECONDS_MAX = 30
STOP_SECONDS_MAX = 30


class Answer:
    """Status, headers (lower-case names) and body of one exchange."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = {}
        for name, value in headers:  # Set-Cookie comes more than once
            before = self.headers.get(name.lower())
            self.headers[name.lower()] = value if before is None else f"{before}, {value}"
        self.body = body

    @property
    def content_type(self):
        return self.headers.get("content-type", "").split(";")[0].strip()

    def json(self):
        return json.loads(self.body.decode("utf-8"))


class Server:
    """Use as a context manager. `database` is sqlite or postgres; the latter needs
    JN_TEST_PG_URL (tools/test-pg run)."""

    def __init__(self, jinnang, database, pages=None, mint=None):
        """mint: the program mint_people; then `people` holds tokens and ids by name."""
        self.jinnang, self.database, self.pages, self.mint = jinnang, database, pages, mint
        self.people = {}
        self.process = None
        self.provider = None
        self.directory = None
        self.pg_name = None

    def __enter__(self):
        self.directory = tempfile.mkdtemp(prefix="jn-contract-")
        try:
            self.url = self._make_database()
            self.key = self._init()
            if self.mint:
                self.people = self._mint()
            self.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *_):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.provider is not None:
            self.provider.terminate()
            self.provider.wait()
        if self.pg_name is not None:
            self._psql(f'DROP DATABASE IF EXISTS "{self.pg_name}" WITH (FORCE)')
        shutil.rmtree(self.directory, ignore_errors=True)

    def stop_status(self):
        """Stops it as an operator would; the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_SECONDS_MAX)

    def _psql(self, statement):
        subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d",
                        os.environ["JN_TEST_PG_URL"], "-c", statement], check=True)

    def _make_database(self):
        if self.database == "sqlite":
            return "sqlite:" + os.path.join(self.directory, "ledger.db")
        name = "jn_contract_" + uuid.uuid4().hex[:12]
        self._psql(f'CREATE DATABASE "{name}"')
        self.pg_name = name
        parts = urllib.parse.urlsplit(os.environ["JN_TEST_PG_URL"])
        return urllib.parse.urlunsplit(parts._replace(path="/" + name))

    def _init(self):
        done = subprocess.run(
            [self.jinnang, "init", "--db", self.url, "--data", self.directory, "--sandbox",
             "--json"], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"init failed: {done.stderr}")
        return json.loads(done.stdout)["api_key"]

    def _mint(self):
        done = subprocess.run([self.mint, self.url, self.directory], capture_output=True, text=True,
                              check=False)
        if done.returncode != 0:
            raise RuntimeError(f"mint_people failed: {done.stderr}")
        return json.loads(done.stdout)

    def _start_provider(self):
        """Who confirms people (docs/verifier.md); the options that make the server ask it."""
        key = os.path.join(self.directory, "verifier.key")
        with open(os.open(key, os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
            file.write(os.urandom(32).hex() + "\n")
        self.provider = subprocess.Popen(
            [self.jinnang, "sandbox-provider", "--listen", "127.0.0.1:0", "--verifier-key", key],
            stdout=subprocess.PIPE, text=True, start_new_session=True)
        line = self.provider.stdout.readline()
        if not line.startswith("provider on http://"):
            raise RuntimeError(f"the provider did not start: {line!r}")
        return ["--verifier", line.split()[-1], "--verifier-key", key]

    def start(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log_path = os.path.join(self.directory, "server.log")
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [self.jinnang, "serve", "--db", self.url, "--data", self.directory, "--sandbox",
                 "--listen", f"127.0.0.1:{self.port}"]
                + self._start_provider()
                + (["--web", self.pages] if self.pages else []),
                stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + READY_SECONDS_MAX
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                if self.call("GET", "/readyz").status == 200:
                    return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"the server is not ready: {self.log()}")

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()[-4000:]

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)

    def call(self, method, target, headers=None, body=None):
        """One exchange on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=180)
        try:
            connection.request(method, target, body, headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, answer.getheaders(), answer.read())
        finally:
            connection.close()

    def first_event(self, target, headers):
        """What a stream sends up to the first empty line that ends an event."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request("GET", target, headers=headers)
            answer = connection.getresponse()
            lines = []
            while answer.status == 200:
                line = answer.readline()
                if line == b"" or (line == b"\n" and any(x.startswith(b"data:") for x in lines)):
                    break
                lines.append(line)
            body = b"".join(lines) if answer.status == 200 else answer.read()
            return Answer(answer.status, answer.getheaders(), body)
        finally:
            connection.close()

    def raw(self, data, seconds=30):
        """Sends these bytes and reads until the server closes or is silent."""
        with self.connect() as peer:
            peer.settimeout(seconds)
            try:
                peer.sendall(data)
            except OSError:
                pass  # refused in the middle of a body: the answer is still there to read
            return read_answer(peer)


def read_answer(peer):
    """An Answer from a socket, or None if it was closed without one."""
    answer = http.client.HTTPResponse(peer)
    try:
        answer.begin()
        return Answer(answer.status, answer.getheaders(), answer.read())
    except (http.client.HTTPException, OSError):
        return None
    finally:
        answer.close()
