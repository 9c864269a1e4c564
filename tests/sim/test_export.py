#!/usr/bin/env python3
"""test_export.py JINNANG sqlite|postgres — the books of a simulated month, in hledger's opinion.

Debian's hledger, which shares nothing with us, must accept the exported journal in its strict mode, with
every balance asserted in it, and come to our balances to the minor unit. A journal that was changed by one
minor unit must be refused: the check is checked.
"""
import csv
import datetime
import io
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import jn_test  # noqa: E402

PROGRAM, BACKEND = sys.argv[1:]
STEPS = "300" if os.environ.get("JN_TEST_QUICK") == "1" else "1600"
DAYS_MIN = 4 if STEPS == "300" else 25
DECIMALS = {"CNY": 2, "JPY": 0, "KWD": 3}
check = jn_test.check


def hledger(path, *argv):
    return jn_test.run("hledger", "-f", path, *argv)


def minor(decimal, currency):
    """'-12.30' of CNY is -1230, without floating point."""
    digits = decimal.replace(",", "")
    whole, _, part = digits.partition(".")
    check(len(part) <= DECIMALS[currency], f"{decimal} {currency} has too many decimals")
    return int(whole.lstrip("-") + part.ljust(DECIMALS[currency], "0")) * (-1 if digits[0] == "-" else 1)


def hledger_balances(path):
    """account id -> minor units, debits positive."""
    rows = csv.reader(io.StringIO(hledger(path, "balance", "--flat", "-E", "-N", "-O", "csv")))
    found = {}
    for account, amount in list(rows)[1:]:
        if amount in ("0", ""):
            found[account.rsplit(":", 1)[1]] = 0
            continue
        currency, decimal = amount.split(" ")
        found[account.rsplit(":", 1)[1]] = minor(decimal, currency)
    return found


class Books:
    def __init__(self, url, scratch):
        self.url, self.scratch = url, scratch
        self.journal = os.path.join(scratch, "books.journal")
        jn_test.run(PROGRAM, "init", "--db", url, "--data", scratch, "--sandbox")
        jn_test.run(PROGRAM, "simulate", "--db", url, "--seed", "20260101", "--steps", STEPS)
        jn_test.run(PROGRAM, "export", "hledger", "--db", url, "--data", scratch, "--out", self.journal)
        self.json = json.loads(jn_test.run(PROGRAM, "export", "json", "--db", url, "--data", scratch))
        self.sign = {a["account_id"]: -1 if a["kind"] in
                     ("wallet", "merchant", "transit_out", "reserve", "suspense", "fee_income") else 1
                     for a in self.json["accounts"]}

    def a_month(self):
        days = {t["created_at"][:10] for t in self.json["transfers"]}
        first, last = (datetime.date.fromisoformat(d) for d in (min(days), max(days)))
        check((last - first).days >= DAYS_MIN, f"only from {first} to {last}")
        kinds = {t["action"] for t in self.json["transfers"]}
        check(kinds == {"post", "hold", "capture", "void", "expire"}, f"only {kinds}")

    def accepted(self):
        hledger(self.journal, "check", "--strict", "ordereddates")

    def balances(self):
        theirs = hledger_balances(self.journal)
        ours = {a["account_id"]: a["closing_balance"]["amount_minor"] * self.sign[a["account_id"]]
                for a in self.json["accounts"]}
        check(len(ours) >= 10 and any(ours.values()), f"nothing to compare: {ours}")
        for account, amount in ours.items():
            check(theirs.get(account, 0) == amount, f"{account}: {amount}, and hledger says "
                                                    f"{theirs.get(account, 0)}")

    def tampered(self):
        with open(self.journal, encoding="utf-8") as file:
            text = file.read()
        at = re.search(r"^    \S+  CNY (\d+)\.(\d\d)$", text, re.M)
        cents = int(at.group(1) + at.group(2)) + 1
        changed = f"{text[:at.start(1)]}{cents // 100}.{cents % 100:02}{text[at.end(2):]}"
        path = os.path.join(self.scratch, "changed.journal")
        with open(path, "w", encoding="utf-8") as file:
            file.write(changed)
        done = subprocess.run(["hledger", "-f", path, "check"], capture_output=True, check=False)
        check(done.returncode != 0, "hledger accepts a changed amount")

    def a_part(self):
        """From the middle on: what was before is in the opening balances."""
        middle = self.json["transfers"][len(self.json["transfers"]) // 2]["created_at"][:10]
        path = os.path.join(self.scratch, "part.journal")
        jn_test.run(PROGRAM, "export", "hledger", "--db", self.url, "--data", self.scratch, "--from",
                    middle, "--out", path)
        hledger(path, "check", "--strict", "ordereddates")
        check(hledger_balances(path) == hledger_balances(self.journal), "the part ends elsewhere")

    def spreadsheet(self):
        data = subprocess.run([PROGRAM, "export", "csv", "--db", self.url, "--data", self.scratch],
                              stdout=subprocess.PIPE, check=True).stdout
        check(data.startswith(b"\xef\xbb\xbf"), "no UTF-8 mark")
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
        check(len(rows) == self.json["transfer_count"], f"{len(rows)} rows")
        for row, transfer in zip(rows, self.json["transfers"]):
            check(row["transfer_id"] == transfer["transfer_id"], "another order")
            check(minor(row["amount"], row["currency"]) == int(row["amount_minor"]) ==
                  transfer["amount"]["amount_minor"], f"{row}")
            check(not any(v[:1] in "=+-@\t\r" and v for v in row.values()), f"a formula: {row}")


with jn_test.database(BACKEND) as (URL, SCRATCH):
    BOOKS = Books(URL, SCRATCH)
    STATUS = jn_test.main({
        "a month with everything in it": BOOKS.a_month,
        "hledger accepts the journal, assertions and all": BOOKS.accepted,
        "hledger comes to our balances": BOOKS.balances,
        "hledger refuses a changed amount": BOOKS.tampered,
        "a part begins with opening balances": BOOKS.a_part,
        "the spreadsheet has the same transfers": BOOKS.spreadsheet,
    })
sys.exit(STATUS)
