#!/usr/bin/env python3
"""Planted values: test_planted.py sqlite|postgres JINNANG MINT_PEOPLE JINNANG_AUDIT

A real server gets values through its API that nothing else contains. Then the database (file and
write-ahead log, or what pg_dump writes), the server's log, a backup and a core dump are searched for
them: as UTF-8, UTF-16, hex and base64 at each of its three offsets. The core dump is searched for keys
only: what a person just sent is in the memory of the connection that brought it, which is why a server
writes no core file. The search itself is tried on a planted file first.

At the end the chain of looks is audited as it is, and with one row changed, removed and exchanged.
"""
import base64
import glob
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../contract"))
from server import Server  # noqa: E402

PLANTED = {
    "phone": "13987654329",
    "e-mail": "zhang.planted@example.net",
    "anti-phishing phrase": "kingfisher over violet water",
    "reason of a look": "asked why parcel 7741 never came",
    "words against a lock": "that payment in Kunming was my aunt",
    "password": "lantern-orbit-cabbage-4291",
}


def forms_of(value):
    """Every form in which the value could lie somewhere."""
    plain = value.encode()
    forms = {"UTF-8": plain, "UTF-16LE": value.encode("utf-16-le"),
             "UTF-16BE": value.encode("utf-16-be"), "hex": plain.hex().encode(),
             "HEX": plain.hex().upper().encode()}
    for offset in range(3):
        whole = base64.b64encode(b"\0" * offset + plain)
        # The digits that depend on what stands beside it are left out.
        forms["base64+%d" % offset] = whole[(offset * 8 + 5) // 6:len(plain) * 8 // 6]
    return forms


def find(value, data):
    return [name for name, form in forms_of(value).items() if form in data]


def search_is_right():
    """The test of the test: each form is planted and found, and nothing is found where nothing is."""
    for value in PLANTED.values():
        for name, form in forms_of(value).items():
            if not find(value, b"\1\2\3" + form + b"\4\5"):
                return "a planted %s of %r is not found" % (name, value)
        for pad in (b"", b"a", b"ab"):
            if not find(value, base64.b64encode(pad + value.encode() + b"tail")):
                return "base64 behind %d bytes is not found" % len(pad)
        if find(value, os.urandom(1 << 16)):
            return "noise is taken for %r" % value
    return None


class Run:
    def __init__(self, backend, jinnang, mint, audit):
        self.backend, self.jinnang, self.audit_program = backend, jinnang, audit
        self.server = Server(jinnang, backend, mint=mint)
        self.failures = []
        self.checked = 0

    def must(self, condition, what):
        self.checked += 1
        if not condition:
            self.failures.append(what)

    def call(self, method, path, body=None, token=None, key=None):
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = "Bearer " + token
        if key:
            headers["Idempotency-Key"] = key
        data = json.dumps(body).encode() if body is not None else None
        answer = self.server.call(method, path, headers, data)
        self.must(200 <= answer.status < 300,
                  "%s %s: %d %s" % (method, path, answer.status, answer.body[:300]))
        return answer

    # ---- planting ----

    def plant(self):
        people = self.server.people
        person, staff = people["minted"], people["staff"]
        self.call("POST", "/v1/signup", {"contact": "+86 " + PLANTED["phone"], "deliver": "token"})
        self.call("POST", "/v1/signup", {"contact": PLANTED["e-mail"], "deliver": "token"})
        self.call("PUT", "/v1/me/message-preferences",
                  {"choices": [], "utc_offset_min": 0, "quiet_from_min": 0, "quiet_to_min": 0,
                   "money_sms_from": 0, "money_email_from": 0,
                   "phrase": PLANTED["anti-phishing phrase"]}, person)
        self.call("POST", "/v1/me/locks/%s/contest" % people["risk_lock_id"],
                  {"text": PLANTED["words against a lock"]}, person, "contest-1")
        for i in range(3):
            self.call("POST", "/v1/staff/people/%s/look" % people["minted_id"],
                      {"why": "support", "reason": PLANTED["reason of a look"]}, staff,
                      "look-%d" % i)
        self.server.call("POST", "/v1/sessions", {"Content-Type": "application/json"}, json.dumps(
            {"contact": "+86 " + PLANTED["phone"], "password": PLANTED["password"],
             "deliver": "token"}).encode())

    def person_sees_it(self):
        """What was planted is there: the search below has something to miss."""
        person = self.server.people["minted"]
        copy = self.call("GET", "/v1/me/export", token=person).body.decode()
        for what in ("anti-phishing phrase", "reason of a look", "words against a lock"):
            self.must(PLANTED[what] in copy, "the copy does not hold the " + what)
        page = self.call("GET", "/v1/me/export/page", token=person).body.decode()
        self.must(PLANTED["reason of a look"] in page, "the page does not hold the reason")
        looks = self.call("GET", "/v1/me/access-log", token=person).json()["looks"]
        self.must(len(looks) == 3 and looks[0]["reason"] == PLANTED["reason of a look"],
                  "the access log shows %s" % looks)
        other = self.call("GET", "/v1/me/access-log", token=self.server.people["minted_other"])
        self.must(other.json()["looks"] == [], "somebody else sees the looks")

    # ---- searching ----

    def places(self, scratch):
        """(name, bytes) of everything that outlives the process."""
        server = self.server
        if self.backend == "sqlite":
            backup = os.path.join(scratch, "backup.db")
            subprocess.run([self.jinnang, "backup", "--db", server.url, "--data", server.directory,
                            backup], check=True, stdout=subprocess.DEVNULL)
            for path in [backup] + glob.glob(os.path.join(server.directory, "*")):
                if os.path.isfile(path):
                    with open(path, "rb") as file:
                        yield os.path.basename(path), file.read()
        else:
            dump = subprocess.run(["pg_dump", server.url], check=True, stdout=subprocess.PIPE).stdout
            self.must(b"access_log" in dump, "pg_dump wrote no tables")
            yield "pg_dump", dump
            with open(server.log_path, "rb") as file:
                yield "server.log", file.read()

    def search(self, scratch):
        names = []
        for name, data in self.places(scratch):
            names.append(name)
            for what, value in PLANTED.items():
                found = find(value, data)
                self.must(not found, "the %s is in %s as %s" % (what, name, found))
        wanted = {"backup.db", "server.log"} if self.backend == "sqlite" else {"pg_dump", "server.log"}
        self.must(wanted <= set(names), "only %s were searched" % names)

    def no_keys_in_a_core(self, scratch):
        """A dump taken by root while the server lives; keys are in memory that no dump holds."""
        if shutil.which("gcore") is None or os.geteuid() != 0:
            print("no core dump was looked at: gcore and root are needed")
            return
        with open("/proc/%d/statm" % self.server.process.pid, encoding="ascii") as file:
            if int(file.read().split()[0]) * os.sysconf("SC_PAGESIZE") > 1 << 36:
                print("no core dump was looked at: the sanitizer's shadow is too large for one")
                return
        path = os.path.join(scratch, "core")
        done = subprocess.run(["gcore", "-o", path, str(self.server.process.pid)],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        cores = glob.glob(path + ".*")
        if not cores:
            print("no core dump was looked at: " + done.stdout.decode()[-200:])
            return
        with open(cores[0], "rb") as file:
            core = file.read()
        self.must(len(core) > 1 << 20, "the core dump is empty")
        with open(os.path.join(self.server.directory, "vault-1.key"), encoding="ascii") as file:
            text = file.read().strip().rsplit("+", 1)[0]
            file.seek(0)
            key = file.read().strip()[len("jinnang-vault-master+1+"):]
        self.must(text.startswith("jinnang-vault-master"), "the key's file is not understood")
        for name, form in (("bytes", base64.b64decode(key)), ("text", key.encode())):
            self.must(form not in core, "the master key is in the core dump as " + name)

    def writes_no_core(self):
        """A crash leaves no core file, though the shell allows one."""
        with open("/proc/%d/limits" % self.server.process.pid, encoding="ascii") as file:
            line = next(line for line in file if line.startswith("Max core file size"))
        self.must(line.split()[4:6] == ["0", "0"], "core files are possible: " + line)
        self.server.process.send_signal(signal.SIGABRT)
        status = self.server.process.wait(timeout=30)
        self.must(status == -signal.SIGABRT, "it ended with %d" % status)

    # ---- the chain ----

    def audit(self, url):
        done = subprocess.run([self.audit_program, "--db", url, "--json"], stdout=subprocess.PIPE,
                              check=False)
        return json.loads(done.stdout)

    def chain(self, scratch):
        if self.backend != "sqlite":
            verdict = self.audit(self.server.url)
            self.must(verdict["ok"], "the audit found %s" % verdict["findings"])
            return
        base = os.path.join(scratch, "copy.db")
        subprocess.run([self.jinnang, "backup", "--db", self.server.url, "--data",
                        self.server.directory, base], check=True, stdout=subprocess.DEVNULL)
        verdict = self.audit("sqlite:" + base)
        self.must(verdict["ok"], "the audit found %s" % verdict)
        changes = [("UPDATE access_log SET %s = %s + 1 WHERE seq = 2" % (c, c), ("access_log", "2"))
                   for c in ("staff_id", "person_id", "classes", "why", "at_us")]
        changes += [
            ("UPDATE access_log SET reason_sealed = x'00' WHERE seq = 2", ("access_log", "2")),
            ("UPDATE access_log SET hash = zeroblob(32) WHERE seq = 2", ("access_log", "2")),
            ("UPDATE access_log SET hash = zeroblob(32) WHERE seq = 3", ("access_log", "3")),
            ("UPDATE access_log SET previous_hash = zeroblob(32) WHERE seq = 2", ("access_log", "2")),
            ("DELETE FROM access_log WHERE seq = 1", ("access_log", "1")),
            ("DELETE FROM access_log WHERE seq = 2", ("access_log", "2")),
            ("DELETE FROM access_log WHERE seq = 3", ("access_log", "3")),
            ("UPDATE access_log SET why = 2 WHERE seq = 3", ("access_log", "3")),
            ("UPDATE access_head SET hash = zeroblob(32)", ("access_head", "1")),
            ("UPDATE access_head SET seq = 7", ("access_head", "1")),
            ("DELETE FROM access_head", ("access_head", "1")),
            ("UPDATE access_seals SET note = 'x' || note", ("access_seals", None)),
        ]
        for sql, (table, key) in changes:
            self.tampered(scratch, base, [sql], lambda f, t=table, k=key: len(f) >= 1 and all(
                x["table"] == t and (k is None or x["key"] == k) for x in f))
        self.tampered(scratch, base, [
            "UPDATE access_log SET seq = 99 WHERE seq = 1", "UPDATE access_log SET seq = 1 WHERE seq = 2",
            "UPDATE access_log SET seq = 2 WHERE seq = 99"],
            lambda f: {x["key"] for x in f} & {"1", "2"})
        # The end cut off and the head put back: only who signed it can tell.
        self.tampered(scratch, base, [
            "UPDATE access_head SET seq = 2, hash = (SELECT hash FROM access_log WHERE seq = 2)",
            "DELETE FROM access_log WHERE seq = 3"],
            lambda f: [x["table"] for x in f] == ["access_seals"])

    def tampered(self, scratch, base, statements, is_named):
        path = os.path.join(scratch, "tampered.db")
        shutil.copyfile(base, path)
        connection = sqlite3.connect(path)
        for sql in statements:
            connection.execute(sql)
        connection.commit()
        connection.close()
        verdict = self.audit("sqlite:" + path)
        self.must(not verdict["ok"] and is_named(verdict["findings"]),
                  "%s: the audit says %s" % (statements, verdict["findings"]))

    def wait_for_seal(self):
        """The newest look is signed within seconds."""
        time.sleep(7)

    def rotate(self):
        """A new master key while the server serves; the old one is gone within seconds."""
        subprocess.run([self.jinnang, "keys", "rotate", "--vault", "--db", self.server.url, "--data",
                        self.server.directory], check=True, stdout=subprocess.DEVNULL)
        old = os.path.join(self.server.directory, "vault-1.key")
        deadline = time.monotonic() + 30
        while os.path.exists(old) and time.monotonic() < deadline:
            time.sleep(0.2)
        self.must(not os.path.exists(old), "the old master key is still there")
        self.person_sees_it()

    def run(self):
        scratch = tempfile.mkdtemp(prefix="jn-planted-")
        try:
            with self.server:
                self.plant()
                self.person_sees_it()
                self.wait_for_seal()
                self.search(scratch)
                self.no_keys_in_a_core(scratch)
                if self.backend == "sqlite":
                    self.rotate()
                self.chain(scratch)
                self.search(scratch) if self.backend != "sqlite" else None
                self.writes_no_core()
        finally:
            shutil.rmtree(scratch)


def main():
    fault = search_is_right()
    if fault:
        print("FAIL " + fault)
        return 1
    run = Run(*sys.argv[1:5])
    run.run()
    for failure in run.failures:
        print("FAIL " + failure)
    print("%s: %d checks, %d failures" % (sys.argv[1], run.checked, len(run.failures)))
    return 1 if run.failures else 0


if __name__ == "__main__":
    sys.exit(main())
