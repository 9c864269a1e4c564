#!/usr/bin/env python3
"""test_commands.py JINNANG SOURCE_ROOT — the command line as a person meets it, on SQLite: what each command
prints, where it puts things, what it refuses and what it says to do then; backup while transfers go on,
restore and what is lost, key rotation with receipts from before, the stop.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "support"))
import jn_test  # noqa: E402
from jn_test import check  # noqa: E402

PROGRAM, ROOT = os.path.abspath(sys.argv[1]), sys.argv[2]
SCRATCH = tempfile.mkdtemp(prefix="jn-cli-")
IDS = jn_test.Ids()


def place(name):
    """A data directory of its own."""
    return os.path.join(SCRATCH, name)


def call(*argv, env=None):
    """(status, standard output, standard error)"""
    done = subprocess.run([PROGRAM, *argv], capture_output=True, text=True, check=False, cwd=SCRATCH,
                          env=dict(os.environ, **(env or {})))
    return done.returncode, done.stdout, done.stderr


def refused(*argv, says, status=1, env=None):
    code, out, err = call(*argv, env=env)
    check(code == status, f"{argv} gave {code}: {out}{err}")
    check(says in err and "what to do: " in err, f"{argv} says: {err}")


def init(name, *options):
    code, out, err = call("init", "--data", place(name), "--json", *options)
    check(code == 0, err)
    return json.loads(out)


def pay(server, count=1):
    """Opens two accounts and moves money between them; the ids of the transfers."""
    a, b = IDS.draw("acc"), IDS.draw("acc")
    status, answer = server.ask("POST", "/v1/ledger/accounts", {"accounts": [
        {"id": a, "kind": "wallet", "currency": "CNY"}, {"id": b, "kind": "wallet", "currency": "CNY"}]},
        {"Idempotency-Key": "open-" + a})
    check(status == 200 and answer["rejected"] == 0, f"{status} {answer}")
    ids = []
    for _ in range(count):
        ids.append(IDS.draw("tr"))
        status, answer = server.ask("PUT", "/v1/ledger/transfers/" + ids[-1], {
            "debit_account_id": a, "credit_account_id": b, "amount_minor": 5, "currency": "CNY", "code": 1})
        check(status == 200, f"{status} {answer}")
    return ids


def served(name):
    answer = init(name, "--sandbox")
    server = jn_test.Server(PROGRAM, answer["db"], place(name), answer["api_key"])
    server.start()
    return server


# ---- words ----

def help_everywhere():
    code, usage, _ = call("--help")
    check(code == 0, usage)
    commands = [line[2:20].strip() for line in usage.splitlines() if line.startswith("  ") and line[2] != " "]
    check(len(commands) >= 10, usage)
    for command in commands:
        code, out, err = call(*command.split(), "--help")
        check(code == 0 and out.count("\n") > 5 and err == "", f"{command} --help: {code} {out}{err}")
        check(max(map(len, out.splitlines())) <= 90, f"{command} --help is too wide")
        check(call("help", *command.split())[1] == out, f"help {command} differs")
    code, out, _ = call("--version")
    check(code == 0 and out.startswith("jinnang "), out)


def wrong_words():
    refused("srve", says="there is no command", status=2)
    check("did you mean jinnang serve?" in call("srve")[2], "no suggestion")
    refused("backup", says="FILE is missing", status=2)
    refused("export", "xml", says="FORMAT cannot be 'xml'", status=2)
    refused("serve", "--listn", "x", says="there is no option '--listn'", status=2)
    refused("bench", "payments", "--server", "192.0.2.1:80", says="--server needs 127.0.0.1:PORT")
    refused("bench", "payments", "--server", "127.0.0.1:9", "--key-file", place("none"), says="io_failed")
    code, _, err = call("keys")
    check(code == 2 and "keys rotate" in err, err)


def shells():
    code, out, _ = call("completion", "bash")
    check(code == 0, out)
    script = out + """
COMP_WORDS=(jinnang exp); COMP_CWORD=1; _jinnang; echo "${COMPREPLY[*]}"
COMP_WORDS=(jinnang keys ''); COMP_CWORD=2; _jinnang; echo "${COMPREPLY[*]}"
COMP_WORDS=(jinnang export ''); COMP_CWORD=2; _jinnang; echo "${COMPREPLY[*]}"
COMP_WORDS=(jinnang serve --tls-c); COMP_CWORD=2; _jinnang; echo "${COMPREPLY[*]}"
"""
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    check(done.stdout.splitlines() == ["export", "rotate", "hledger csv json", "--tls-cert"],
          done.stdout + done.stderr)
    check(call("completion", "zsh")[1].startswith("#compdef jinnang"), "zsh")
    with open(os.path.join(ROOT, "docs/man/jinnang.1"), encoding="utf-8") as file:
        check(file.read() == call("completion", "man")[1], "docs/man/jinnang.1 is old")


# ---- a database ----

def init_once():
    answer = init("once", "--sandbox", "--demo")
    check(answer["mode"] == "sandbox" and answer["demo_transfers"] > 150, f"{answer}")
    check(len(answer["demo_people"]) == 3, f"{answer}")
    for name in os.listdir(place("once")):
        mode = os.stat(os.path.join(place("once"), name)).st_mode & 0o777
        check(mode & 0o077 == 0, f"{name} may be read by others: {mode:o}")
    refused("init", "--data", place("once"), says="file_exists")
    refused("init", "--data", place("other"), "--demo", says="sandbox_only")
    code, out, _ = call("init", "--data", place("once"), "--json")
    check(code == 1 and json.loads(out)["error"]["code"] == "file_exists", out)
    code, out, _ = call("migrate", "--data", place("once"), "--json")
    check(code == 0 and json.loads(out)["applied"] == 0, out)
    secret = answer["api_key"].encode()
    for name in os.listdir(place("once")):
        with open(os.path.join(place("once"), name), "rb") as file:
            check(secret not in file.read(), f"{name} holds the API key")


def nothing_there():
    refused("serve", "--data", place("nowhere"), says="run jinnang init".replace("run", "Run"))
    refused("export", "json", "--data", place("nowhere"), says="store_not_found")
    path = place("empty.db")
    open(path, "wb").close()
    refused("serve", "--db", "sqlite:" + path, says="store_schema_older")
    check(call("migrate", "--db", "sqlite:" + path)[0] == 0, "migrate an empty file")
    refused("serve", "--db", "sqlite:" + path, says="not_initialised")


def the_demonstration_s_people_sign_in():
    answer = init("people", "--sandbox", "--demo")
    server = jn_test.Server(PROGRAM, answer["db"], place("people"), answer["api_key"])
    server.start()
    try:
        for person in answer["demo_people"]:
            status, said = server.ask("POST", "/v1/sessions", {"contact": person["contact"],
                                                               "password": person["password"]})
            check(status == 201 and said["session"]["level"] == "full", f"{person['name']}: {status} {said}")
    finally:
        server.stop()


def live_is_live():
    init("live")
    refused("serve", "--data", place("live"), "--sandbox", "--listen", "127.0.0.1:0", says="sandbox_only")


def one_pack_for_good():
    init("packed", "--sandbox", "--pack", "eu")
    refused("serve", "--data", place("packed"), "--pack", "cn", says="pack_differs")
    refused("init", "--data", place("no"), "--pack", "xx", says="pack_not_found")
    check(not os.path.exists(place("no")), "a pack is looked at before anything is made")
    os.mkdir(place("packs"))
    with open(os.path.join(ROOT, "packs/eu.yaml"), encoding="utf-8") as file:
        text = file.read()
    with open(os.path.join(place("packs"), "eu.yaml"), "w", encoding="utf-8") as file:
        file.write(text.replace("kind: sms", "kind: pigeon"))
    line = text[:text.index("kind: sms")].count("\n") + 1
    refused("serve", "--data", place("packed"), "--packs", place("packs"),
            says=f"packs/eu.yaml:{line}: contacts[1].kind: unknown word: pigeon")


def a_provider_needs_its_key():
    init("asked", "--sandbox")
    bad = place("bad.key")
    with open(bad, "w", encoding="ascii") as file:
        file.write("0" * 63 + "\n")
    where = "http://127.0.0.1:1/v1/checks"
    refused("serve", "--data", place("asked"), "--verifier", where, says="config_invalid")
    refused("serve", "--data", place("asked"), "--verifier", where, "--verifier-key", bad,
            says="verifier_key_invalid")
    refused("sandbox-provider", "--verifier-key", bad, says="verifier_key_invalid")
    with open(bad, "w", encoding="ascii") as file:
        file.write("0" * 64 + "\n")
    os.chmod(bad, 0o644)
    refused("sandbox-provider", "--verifier-key", bad, says="verifier_key_invalid")
    os.chmod(bad, 0o600)
    refused("sandbox-provider", "--verifier-key", bad, "--faults", "gremlins", says="--faults")
    refused("serve", "--data", place("asked"), "--verifier", "http://verify.example/x", "--verifier-key", bad,
            says="config_invalid")


def the_password_stays():
    url = "postgres://someone:secret-word@127.0.0.1:1/none"
    for argv in (("migrate", "--db", url), ("serve", "--db", url), ("export", "csv", "--db", url)):
        code, out, err = call(*argv)
        check(code == 1 and "secret-word" not in out + err, err)
    code, out, err = call("migrate", env={"JINNANG_DB": url})
    check(code == 1 and "secret-word" not in out + err and "127.0.0.1" in err, err)


# ---- a server ----

def one_owner():
    server = served("owner")
    try:
        db = "sqlite:" + os.path.join(place("owner"), "jinnang.db")
        refused("serve", "--db", db, "--listen", "127.0.0.1:0", says="store_in_use")
        refused("export", "json", "--db", db, says="store_in_use")
        refused("restore", "x", "--db", db, says="store_in_use")
    finally:
        server.stop()


def backup_meanwhile():
    server = served("copy")
    try:
        before = pay(server, 20)
        stop, after, errors = threading.Event(), [], []

        def go_on():
            while not stop.is_set():
                try:
                    after.extend(pay(server, 5))
                except jn_test.Failure as reason:
                    errors.append(reason)

        payer = threading.Thread(target=go_on)
        payer.start()
        copies = [place(f"copy-{n}.db") for n in range(3)]
        for copy in copies:
            code, out, err = call("backup", copy, "--data", place("copy"), "--json")
            check(code == 0 and json.loads(out)["bytes"] == os.path.getsize(copy), out + err)
            time.sleep(0.1)
        stop.set()
        payer.join()
        check(not errors and after, f"{errors}")
        refused("backup", copies[0], "--data", place("copy"), says="file_exists")
        refused("backup", "no/such/directory/x", "--data", place("copy"), says="file_not_found")
        check(not [n for n in os.listdir(SCRATCH) if n.endswith(".part")], "a part was left")
    finally:
        server.stop()
    for copy in copies:
        said = json.loads(jn_test.run(PROGRAM, "export", "json", "--db", "sqlite:" + copy))
        got = {t["transfer_id"] for t in said["transfers"]}
        check(set(before) <= got and got <= set(before) | set(after), f"{copy}: {len(got)}")


def restore_says_what_is_lost():
    server = served("back")
    kept = pay(server, 4)
    copy = place("back-copy.db")
    check(call("backup", copy, "--data", place("back"))[0] == 0, "backup")
    lost = pay(server, 3)
    server.stop()
    code, out, err = call("restore", copy, "--data", place("back"), "--json")
    check(code == 0, out + err)
    answer = json.loads(out)
    # Three transfers and their two accounts.
    check(answer["log_entries_lost"] == 5 and answer["epoch"] == 2, out)
    server.start()
    try:
        check(server.ask("GET", "/v1/ledger/transfers/" + kept[0])[0] == 200, "the kept one")
        check(server.ask("GET", "/v1/ledger/transfers/" + lost[0])[0] == 404, "the lost one")
        time.sleep(1.0)  # sealed within a second
        connection = server.connect()
        connection.request("GET", "/log/checkpoint")
        note = connection.getresponse().read().decode()
        connection.close()
        check("epoch 2" in note, note)
    finally:
        server.stop()
    old = json.loads(jn_test.run(PROGRAM, "export", "json", "--db", "sqlite:" + answer["kept_as"]))
    check({t["transfer_id"] for t in old["transfers"]} == set(kept + lost), "what was there is kept")
    with open(place("garbage.db"), "wb") as file:
        file.write(b"SQLite format 3\0" + os.urandom(8192))
    before = sorted(os.listdir(place("back")))
    code, _, err = call("restore", place("garbage.db"), "--data", place("back"))
    check(code == 1 and "what to do: " in err, err)
    check(sorted(os.listdir(place("back"))) == before, "a refused restore left something")


def rotate_and_verify():
    server = served("keys")
    receipts = []
    try:
        connection = server.connect()
        for turn in range(3):
            transfer = pay(server)[0]
            time.sleep(1.0)
            connection.request("GET", f"/v1/ledger/transfers/{transfer}/receipt",
                               headers={"Authorization": "Bearer " + server.key})
            response = connection.getresponse()
            body = response.read()
            check(response.status == 200, f"receipt: {body[:300]}")
            receipts.append(place(f"receipt-{turn}"))
            with open(receipts[-1], "wb") as file:
                file.write(body)
            if turn == 0:
                code, out, err = call("keys", "rotate", "--data", place("keys"), "--json")
                check(code == 0 and json.loads(out)["ok"], out + err)
            elif turn == 1:
                server.stop()
                check(call("keys", "rotate", "--data", place("keys"))[0] == 0, "rotate at rest")
                server.start()
                connection = server.connect()
        connection.request("GET", "/log/keys")
        with open(place("log-keys"), "wb") as file:
            file.write(connection.getresponse().read())
        connection.close()
    finally:
        server.stop()
    secrets = [n for n in os.listdir(place("keys")) if n.startswith("log-") and n.endswith(".key")]
    check(len(secrets) == 1, f"{secrets}")
    for receipt in receipts:
        code, out, err = call("verify", receipt, "--key", place("log-keys"))
        check(code == 0, f"{receipt}: {out}{err}")


def verify_says_no():
    """What was changed, cut or signed by somebody else is refused, in words and by the exit status."""
    server = served("verify")
    other = served("verify-other")
    try:
        transfer = pay(server, 3)[-1]
        time.sleep(1.0)
        files = {}
        account = server.ask("GET", f"/v1/ledger/transfers/{transfer}")[1]["debit"]["account_id"]
        for name, from_server, path in (("receipt", server, f"/v1/ledger/transfers/{transfer}/receipt"),
                                        ("statement", server, f"/v1/ledger/accounts/{account}/statement"),
                                        ("log-keys", server, "/log/keys"), ("other-keys", other, "/log/keys")):
            connection = from_server.connect()
            connection.request("GET", path, headers={"Authorization": "Bearer " + from_server.key})
            files[name] = connection.getresponse().read()
            connection.close()
    finally:
        server.stop()
        other.stop()

    def verify(name, data, keys="log-keys"):
        for file_name, content in ((name, data), (keys, files[keys])):
            with open(place("v-" + file_name), "wb") as file:
                file.write(content)
        return call("verify", place("v-" + name), "--key", place("v-" + keys))

    for name in ("receipt", "statement"):
        code, out, err = verify(name, files[name])
        check(code == 0, f"{name}: {out}{err}")
        # The amount 5 is now 6.
        changed = re.sub(rb'("amount_minor":\s*)5\b', rb"\g<1>6", files[name], count=1)
        check(changed != files[name], f"no amount in {files[name][:200]}")
        for what, data, keys in (("changed", changed, "log-keys"), ("cut", files[name][:-40], "log-keys"),
                                 ("stranger", files[name], "other-keys"), ("empty", b"", "log-keys")):
            code, out, err = verify(f"{name}-{what}", data, keys)
            check(code == 1 and (out + err).strip() != "", f"{name}, {what}: {code} {out}{err}")
    # A statement without its last entry is still well-formed text.
    lines = files["statement"].splitlines(keepends=True)
    code, out, err = verify("statement-short", b"".join(lines[:-2] + lines[-1:]))
    check(code == 1, f"a line is missing: {code} {out}{err}")
    refused("verify", place("v-nothing"), says="file_not_found")


def stop_answers():
    """A stop under load: whoever got an answer got a true one, and the program ends with 0."""
    server = served("stop")
    posted = []

    def go_on():
        try:
            while True:
                posted.extend(pay(server, 3))
        except (OSError, jn_test.Failure, json.JSONDecodeError, jn_test.http.client.HTTPException):
            pass

    payers = [threading.Thread(target=go_on) for _ in range(6)]
    for payer in payers:
        payer.start()
    time.sleep(0.7)
    server.process.send_signal(jn_test.signal.SIGHUP)  # changes nothing
    time.sleep(0.3)
    server.stop()
    for payer in payers:
        payer.join()
    said = json.loads(jn_test.run(PROGRAM, "export", "json", "--db", server.url))
    there = {t["transfer_id"] for t in said["transfers"]}
    check(posted and set(posted) <= there, f"{len(set(posted) - there)} of {len(posted)} are gone")


TESTS = [help_everywhere, wrong_words, shells, init_once, nothing_there,
         the_demonstration_s_people_sign_in, live_is_live, one_pack_for_good,
         a_provider_needs_its_key, the_password_stays,
         one_owner, backup_meanwhile, restore_says_what_is_lost, rotate_and_verify,
         verify_says_no, stop_answers]
try:
    STATUS = jn_test.main({test.__name__: test for test in TESTS})
finally:
    shutil.rmtree(SCRATCH, ignore_errors=True)
sys.exit(STATUS)
