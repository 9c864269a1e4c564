#!/usr/bin/env python3
"""Messages from end to end, on either database: the code that signs a newcomer up, a movement alert
for each transfer, once, whoever posted it and however often the server is killed; a delivery that
was under way when it was; "it was not me" by the code in a text message.

  test_messages.py PATH-TO-jinnang sqlite|postgres
"""
import http.server
import json
import os
import re
import secrets
import signal
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "http"))
from installation import DIGITS, Installation, new_id  # noqa: E402
from sandbox_mailbox import Mailbox  # noqa: E402

BACKEND = sys.argv.pop(2)
PROGRAM = os.path.abspath(sys.argv.pop(1))
PASSWORD = "walnut-harbor-pencil-58"
TRANSFERS = 24
KILLS = 3
CLAIM_SECONDS = 30  # on PostgreSQL a dead server's work is taken over after this


def number_of(text):
    """The number behind an id."""
    value = 0
    for digit in text.split("_")[1]:
        value = value << 5 | DIGITS.index(digit)
    return value


class SlowGateway(http.server.BaseHTTPRequestHandler):
    """Takes the message, then answers so late that the server can be killed meanwhile."""

    def do_POST(self):  # pylint: disable=invalid-name
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.seen.append((form["id"][0], form["text"][0]))
        self.server.taken.set()
        self.server.go_on.wait(30)
        try:
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()
        except OSError:
            pass  # nobody is left to hear it

    def log_message(self, *_args):
        pass


class Person:
    def __init__(self, it, contact, find_code):
        self.it = it
        status, _, answer = it.ask("POST", "/v1/signup", {"contact": contact, "language": "zh", "deliver": "token"},
                                   key="none")
        assert status == 201, answer
        token = answer["opened"]["token"]
        status, _, answer = it.ask("POST", "/v1/signup/code", {"code": find_code()}, key=token)
        assert status == 200, answer
        token = answer["opened"]["token"]
        status, _, answer = it.ask("POST", "/v1/signup/password", {"password": PASSWORD}, key=token)
        assert status == 200, answer
        self.token, self.id = answer["opened"]["token"], answer["opened"]["session"]["person_id"]
        # no quiet hours: the test runs at any time of day
        self.ask("PUT", "/v1/me/message-preferences",
                 {"choices": ["money_sms", "money_email"], "utc_offset_min": 0, "quiet_from_min": 0,
                  "quiet_to_min": 0, "money_sms_from": 0, "money_email_from": 0})

    def ask(self, method, path, body=None):
        status, _, answer = self.it.ask(method, path, body, key=self.token)
        assert status == 200, (path, answer)
        return answer

    def messages(self, topic):
        found, cursor = [], ""
        while cursor is not None:
            page = self.ask("GET", "/v1/me/messages?limit=100" + (f"&cursor={cursor}" if cursor else ""))
            found += [m for m in page["messages"] if m["topic"] == topic]
            cursor = page["next_cursor"]
        return found

    def wait_for(self, topic, count, seconds=60):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and len(self.messages(topic)) < count:
            time.sleep(0.1)
        return self.messages(topic)


def kill(it):
    it.process.send_signal(signal.SIGKILL)
    it.process.wait(30)
    it.process.stdout.close()
    it.process = None


class Messages(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.dir = directory.name
        self.mailbox = Mailbox(PROGRAM, self.dir)
        self.addCleanup(lambda: self.assertEqual(self.mailbox.stop(), 0))
        self.it = Installation(PROGRAM, BACKEND)
        self.addCleanup(self.it.close)
        self.it.start(*self.mailbox.serve_options())
        self.number = "+861391234" + f"{secrets.randbelow(10000):04}"

    def code(self, to):
        message = self.mailbox.wait_for(to, lambda m: "验证码" in m["text"])
        return re.search(r"(?<!\d)\d{6}(?!\d)", message["text"]).group(0)

    def person(self):
        return Person(self.it, self.number, lambda: self.code(self.number))

    def accounts(self, person):
        bank, = self.it.open_accounts(1, kind="bank")
        wallet, = self.it.open_accounts(1, owner=str(number_of(person.id)))
        return bank, wallet

    def pay(self, source, target, amount, transfer):
        """Until it is acknowledged: the server may be killed meanwhile."""
        while True:
            try:
                _, status, answer = self.it.put(source, target, amount, id=transfer)
                if status in (200, 201):
                    return
                assert status == 503, answer
            except OSError:
                pass
            time.sleep(0.05)

    def test_the_code_of_an_email_signs_up(self):
        person = Person(self.it, "Mei@mail.test", lambda: self.code("mei@mail.test"))
        mail = self.mailbox.messages("mei@mail.test")[0]
        metrics = self.it.ask("GET", "/metrics")[2].decode()
        for name in ("news", "sms", "email"):
            self.assertRegex(metrics, rf"(?m)^jinnang_messages_{name}_waiting \d+$")
        self.assertIn("注册", mail["subject"])
        self.assertEqual(person.messages("one_time_code"), [])  # a secret is never in the app

    def test_each_transfer_alerts_once_through_kills(self):
        person = self.person()
        bank, wallet = self.accounts(person)
        transfers = [new_id("tr") for _ in range(TRANSFERS)]
        done = threading.Event()

        def pay_all():
            for number, transfer in enumerate(transfers):
                self.pay(bank, wallet, 1000 + number, transfer)
                time.sleep(0.02)
            done.set()

        payer = threading.Thread(target=pay_all)
        payer.start()
        for _ in range(KILLS):
            time.sleep(0.4)
            kill(self.it)
            self.it.start(*self.mailbox.serve_options())
        payer.join(120)
        self.assertTrue(done.is_set())
        alerts = person.wait_for("money_in", TRANSFERS, seconds=60 + CLAIM_SECONDS)
        told = sorted(re.search(r"tr_\w{13}", m["text"]).group(0) for m in alerts)
        self.assertEqual(told, sorted(transfers))  # each, and each once
        # and as text messages: each amount arrives, under one id
        deadline = time.monotonic() + 60 + CLAIM_SECONDS
        while time.monotonic() < deadline:
            texts = [m for m in self.mailbox.messages(self.number) if "入账" in m["text"]]
            if len(texts) >= TRANSFERS:
                break
            time.sleep(0.2)
        amounts = sorted(re.search(r"入账(\d+\.\d\d)元", m["text"]).group(1) for m in texts)
        self.assertEqual(amounts, sorted(f"{(1000 + n) / 100:.2f}" for n in range(TRANSFERS)))

    def test_holds_and_releases_are_told(self):
        person = self.person()
        bank, wallet = self.accounts(person)
        self.pay(bank, wallet, 5000, new_id("tr"))
        hold, release = new_id("tr"), new_id("tr")
        _, status, answer = self.it.put(wallet, bank, 700, id=hold, flags=["pending"])
        self.assertIn(status, (200, 201), answer)
        status, _, answer = self.it.ask("PUT", f"/v1/ledger/transfers/{release}",
                                        {"code": 1, "flags": ["void_pending"], "pending_id": hold})
        self.assertIn(status, (200, 201), answer)
        self.pay(wallet, bank, 300, new_id("tr"))
        for topic, amount in (("money_in", "50.00"), ("money_held", "7.00"), ("money_released", "7.00"),
                              ("money_out", "3.00")):
            message, = person.wait_for(topic, 1)
            self.assertIn(amount, message["title"])
            self.assertEqual(message["not_me_possible"], topic in ("money_out", "money_held"))

    def test_not_me_by_the_code_of_a_text(self):
        person = self.person()
        bank, wallet = self.accounts(person)
        self.pay(bank, wallet, 5000, new_id("tr"))
        self.pay(wallet, bank, 300, new_id("tr"))
        text = self.mailbox.wait_for(self.number, lambda m: "支出3.00" in m["text"])["text"]
        code = re.search(r"[0-9A-Z]{5}-[0-9A-Z]{5}", text).group(0)
        status, _, answer = self.it.ask("GET", "/v1/official-contacts/check?value=" + code, key="none")
        self.assertEqual((status, answer["verdict"], answer["reason"]), (200, "official", "sent_by_us"))
        status, _, answer = self.it.ask("POST", "/v1/not-me", {"code": code.lower().replace("-", " ")}, key="none")
        self.assertEqual((status, answer["frozen"]), (200, True), answer)
        self.assertGreaterEqual(answer["sessions_ended"], 1)
        status, _, answer = self.it.ask("GET", "/v1/me", key=person.token)
        self.assertEqual((status, answer["code"]), (401, "not_signed_in"))
        again = self.it.ask("POST", "/v1/not-me", {"code": code}, key="none")[2]
        self.assertEqual((again["frozen"], again["sessions_ended"]), (True, 0))
        self.mailbox.wait_for(self.number, lambda m: "非本人操作" in m["text"] and "已冻结" in m["text"])

    def test_not_me_stops_somebody_else_s_recovery(self):
        # a number of the sandbox: its codes are its own last digits, and no pause lies between them
        self.number = "+86100001" + f"{secrets.randbelow(100000):05}"
        code = self.number[-6:]
        Person(self.it, self.number, lambda: code)
        status, _, begun = self.it.ask("POST", "/v1/recoveries", {"contact": self.number}, key="none")
        self.assertIn(status, (200, 201), begun)
        status, _, answer = self.it.ask("POST", f"/v1/recoveries/{begun['id']}/proofs",
                                        {"secret": begun["secret"], "proof": "code", "code": code}, key="none")
        self.assertEqual(status, 200, answer)
        told = self.mailbox.wait_for(self.number, lambda m: "申请找回" in m["text"])["text"]
        number = re.search(r"[0-9A-Z]{5}-[0-9A-Z]{5}", told).group(0)
        status, _, answer = self.it.ask("POST", "/v1/not-me", {"code": number}, key="none")
        self.assertEqual((status, answer["frozen"]), (200, True), answer)
        self.mailbox.wait_for(self.number, lambda m: "找回账户的申请" in m["text"] and "停止" in m["text"])
        status, _, answer = self.it.ask("POST", f"/v1/recoveries/{begun['id']}/password",
                                        {"secret": begun["secret"], "password": PASSWORD + "-new"}, key="none")
        self.assertEqual((status, answer["code"]), (404, "recovery_not_found"), answer)

    def test_a_killed_delivery_is_sent_again_under_its_id(self):
        gateway = http.server.ThreadingHTTPServer(("127.0.0.1", 0), SlowGateway)
        gateway.seen, gateway.taken, gateway.go_on = [], threading.Event(), threading.Event()
        threading.Thread(target=gateway.serve_forever, daemon=True).start()
        self.addCleanup(gateway.server_close)
        self.addCleanup(gateway.shutdown)
        self.addCleanup(gateway.go_on.set)
        options = ["--sms-gateway", f"http://127.0.0.1:{gateway.server_port}/v1/messages",
                   "--sms-key", self.mailbox.key_file]
        self.it.stop()
        self.it.start(*options)
        status, _, answer = self.it.ask("POST", "/v1/signup", {"contact": self.number, "deliver": "token"}, key="none")
        self.assertEqual(status, 201, answer)
        self.assertTrue(gateway.taken.wait(20))
        kill(self.it)  # the gateway has the message, the server never heard so
        gateway.go_on.set()
        self.it.start(*options)
        deadline = time.monotonic() + 20 + CLAIM_SECONDS
        while len(gateway.seen) < 2 and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertGreaterEqual(len(gateway.seen), 2, "it was lost")
        self.assertEqual(len(set(gateway.seen)), 1, json.dumps(gateway.seen))
        time.sleep(1)
        self.assertEqual(len(gateway.seen), 2)  # and then it is done


if __name__ == "__main__":
    unittest.main()
