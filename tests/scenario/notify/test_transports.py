#!/usr/bin/env python3
"""The ways out against real and failing other sides: an SMTP server (aiosmtpd), servers that break at
a chosen moment, and a gateway that checks signatures. What is surely not taken, perhaps taken and
taken must be told apart: the first may be tried again, the second only under the same id.
"""
import email
import email.policy
import hashlib
import hmac
import http.server
import logging
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

PROBE = os.path.abspath(sys.argv.pop(1))
TIMEOUT_MS = 1500
KEY = bytes(range(32))


def send(kind, url, *messages, secret="-", ca="-", timeout_ms=TIMEOUT_MS):
    """Each message is (id, to, subject, text); the outcomes as (name, problem)."""
    lines = "".join("\t".join(m) + "\n" for m in messages)
    done = subprocess.run([PROBE, kind, url, str(timeout_ms), secret, ca], input=lines, text=True,
                          capture_output=True, check=False, timeout=60)
    assert done.stderr == "", done.stderr
    return [tuple(line.split(" ")) for line in done.stdout.splitlines()]


MAIL = ("dlv_1", "li@mail.test", "验证码", "您好 . …")


class Box:
    """An aiosmtpd handler that keeps mails, or answers as told."""

    def __init__(self):
        self.mails, self.replies = [], {}

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if "rcpt" in self.replies:
            return self.replies["rcpt"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):
        if "data" in self.replies:
            return self.replies["data"]
        self.mails.append(envelope)
        return "250 taken"


class TlsController(Controller):
    def __init__(self, handler, **smtp_options):
        self.smtp_options = smtp_options
        super().__init__(handler, hostname="127.0.0.1", port=0)

    def factory(self):
        return SMTP(self.handler, **self.smtp_options)

    def _trigger_server(self):  # port 0: the base class would connect to it
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def start(controller):
    controller.start()
    return controller


class BrokenServer:
    """Speaks SMTP until a moment and then breaks: 'greeting', 'data' (no reply after the message),
    'close' (closed after the message)."""

    def __init__(self, moment):
        self.moment = moment
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.taken = 0
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                peer, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.talk, args=(peer,), daemon=True).start()

    def talk(self, peer):
        with peer, peer.makefile("rwb", buffering=0) as stream:
            if self.moment == "greeting":
                time.sleep(TIMEOUT_MS / 1000 + 2)
                return
            stream.write(b"220 hello\r\n")
            for line in stream:
                if line.upper().startswith(b"DATA"):
                    stream.write(b"354 go on\r\n")
                    while stream.readline() not in (b".\r\n", b""):
                        pass
                    self.taken += 1
                    if self.moment == "data":
                        time.sleep(TIMEOUT_MS / 1000 + 2)
                    return
                stream.write(b"250 fine\r\n")


class Smtp(unittest.TestCase):
    def setUp(self):
        self.box = Box()
        self.controller = start(TlsController(self.box))
        self.url = f"smtp://127.0.0.1:{self.controller.port}"
        self.addCleanup(self.controller.stop)

    def test_a_mail_arrives_whole(self):
        self.assertEqual(send("smtp", self.url, MAIL, MAIL), [("sent", "")] * 2)
        self.assertEqual(len(self.box.mails), 2)
        first, second = (email.message_from_bytes(e.content, policy=email.policy.default)
                         for e in self.box.mails)
        self.assertEqual(first["Message-ID"], "<dlv_1@wallet.test>")
        self.assertEqual(second["Message-ID"], first["Message-ID"])
        self.assertEqual(second["Date"], first["Date"])
        self.assertEqual(first["Subject"], "验证码")
        self.assertEqual(str(first["From"]), "锦囊 <noreply@wallet.test>")
        self.assertEqual(first.get_content().splitlines(), ["您好 . …"])
        self.assertEqual(self.box.mails[0].rcpt_tos, ["li@mail.test"])

    def test_no_address_can_add_another(self):
        for to in ("a@b.test>\r\nRCPT TO:<c@d.test", "a@b.test,c@d.test", "a b@c.test", "@"):
            self.assertEqual(send("smtp", self.url, ("dlv_2", to.replace("\r\n", " "), "s", "t")),
                             [("refused", "address")])
        self.assertEqual(self.box.mails, [])

    def test_replies_decide(self):
        for where, reply, expected in (("rcpt", "550 no such", ("refused", "smtp_550")),
                                       ("rcpt", "451 later", ("not_sent", "smtp_451")),
                                       ("data", "554 spam", ("refused", "smtp_554")),
                                       ("data", "452 full", ("not_sent", "smtp_452"))):
            self.box.replies = {where: reply}
            with self.subTest(reply=reply):
                self.assertEqual(send("smtp", self.url, MAIL), [expected])
        self.box.replies = {}
        self.assertEqual(send("smtp", self.url, MAIL), [("sent", "")])

    def test_down_is_surely_not_sent(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        self.assertEqual(send("smtp", f"smtp://127.0.0.1:{port}", MAIL), [("not_sent", "connect")])

    def test_silence_before_and_after_the_message_differ(self):
        for moment, expected in (("greeting", "not_sent"), ("data", "unknown"), ("close", "unknown")):
            server = BrokenServer(moment)
            with self.subTest(moment=moment):
                outcome = send("smtp", f"smtp://127.0.0.1:{server.port}", MAIL)[0]
                self.assertEqual(outcome[0], expected)
            server.socket.close()


class SmtpTls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.TemporaryDirectory()
        cls.cert, cls.key = (os.path.join(cls.dir.name, n) for n in ("cert.pem", "key.pem"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                        "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", cls.key,
                        "-out", cls.cert], check=True, capture_output=True)
        cls.auth = os.path.join(cls.dir.name, "auth")
        with open(cls.auth, "w", encoding="ascii") as file:
            file.write("wallet:s3cret:with colon\n")

    @classmethod
    def tearDownClass(cls):
        cls.dir.cleanup()

    def server(self, **options):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.cert, self.key)
        self.box, self.logins = Box(), []

        def login(_server, _session, _envelope, _mechanism, data):
            self.logins.append((data.login, data.password))
            return AuthResult(success=data.password == b"s3cret:with colon")

        controller = start(TlsController(self.box, tls_context=context, authenticator=login, **options))
        self.addCleanup(controller.stop)
        return f"127.0.0.1:{controller.port}"

    def test_starttls_and_password(self):
        at = self.server(require_starttls=True, auth_required=True)
        self.assertEqual(send("smtp", "smtp+tls://" + at, MAIL, secret=self.auth, ca=self.cert),
                         [("sent", "")])
        self.assertEqual(self.logins, [(b"wallet", b"s3cret:with colon")])

    def test_a_stranger_s_certificate_is_not_trusted(self):
        at = self.server(require_starttls=True)
        self.assertEqual(send("smtp", "smtp+tls://" + at, MAIL), [("not_sent", "tls_certificate")])
        self.assertEqual(self.box.mails, [])

    def test_tls_that_is_demanded_and_not_offered(self):
        controller = start(TlsController(Box()))
        self.addCleanup(controller.stop)
        for url, secret in (("smtp+tls://", "-"), ("smtp://", self.auth)):
            outcome = send("smtp", f"{url}127.0.0.1:{controller.port}", MAIL, secret=secret)
            self.assertEqual(outcome, [("not_sent", "tls_not_offered")])
        self.assertEqual(controller.handler.mails, [])


class Gateway(http.server.BaseHTTPRequestHandler):
    def do_POST(self):  # pylint: disable=invalid-name
        body = self.rfile.read(int(self.headers["Content-Length"]))
        signed = b"POST\n" + self.path.encode() + b"\n" + self.headers["X-Signature-Time"].encode() + b"\n" + body
        expected = "v1=" + hmac.new(KEY, signed, hashlib.sha256).hexdigest()
        self.server.seen.append((self.headers["Idempotency-Key"],
                                 dict(urllib.parse.parse_qsl(body.decode(), strict_parsing=True)),
                                 hmac.compare_digest(expected, self.headers["X-Signature"]),
                                 abs(time.time() - int(self.headers["X-Signature-Time"])) < 60))
        if self.server.answer == "silence":
            time.sleep(TIMEOUT_MS / 1000 + 2)
        if self.server.answer in ("silence", "close"):
            self.close_connection = True
            return
        self.send_response(self.server.answer)
        if self.server.answer == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args):
        pass


class Sms(unittest.TestCase):
    def setUp(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
        self.server.seen, self.server.answer = [], 202
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1/messages"
        self.dir = tempfile.TemporaryDirectory()
        self.addCleanup(self.dir.cleanup)
        self.key = os.path.join(self.dir.name, "key")
        with open(self.key, "w", encoding="ascii") as file:
            file.write(KEY.hex() + "\n")

    def test_a_message_arrives_signed(self):
        self.assertEqual(send("sms", self.url, ("dlv_1", "+8613800000001", "", "验证码 1&2=3%"),
                              secret=self.key), [("sent", "")])
        self.assertEqual(self.server.seen, [("dlv_1", {"id": "dlv_1", "to": "+8613800000001",
                                                       "language": "zh-CN", "text": "验证码 1&2=3%"},
                                             True, True)])

    def test_answers_decide(self):
        for answer, expected in ((200, "sent"), (422, "refused"), (401, "not_sent"), (429, "not_sent"),
                                 (503, "not_sent"), (302, "not_sent"), (500, "unknown"),
                                 (502, "unknown"), ("silence", "unknown"), ("close", "unknown")):
            self.server.answer = answer
            with self.subTest(answer=answer):
                self.assertEqual(send("sms", self.url, ("dlv_1", "+86", "", "x"),
                                      secret=self.key)[0][0], expected)

    def test_down_is_surely_not_sent(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        self.assertEqual(send("sms", f"http://127.0.0.1:{port}/", ("dlv_1", "+86", "", "x"),
                              secret=self.key), [("not_sent", "connect")])

    def test_settings_that_cannot_be_right(self):
        for url in ("http://gateway.test/v1", "ftp://127.0.0.1/x", "https://u:p@gateway.test/x",
                    "http://127.0.0.1:1", "https://gateway.test"):
            self.assertEqual(send("sms", url, secret=self.key), [("notify_config_invalid",)])
        self.assertEqual(send("sms", self.url, secret=self.key + "-not-there"), [("io_failed",)])
        with open(self.key, "w", encoding="ascii") as file:
            file.write("abc\n")
        self.assertEqual(send("sms", self.url, secret=self.key), [("notify_config_invalid",)])
        self.assertEqual(send("smtp", "imap://127.0.0.1:1"), [("notify_config_invalid",)])


if __name__ == "__main__":
    logging.getLogger("mail.log").setLevel(logging.CRITICAL + 1)  # failures are wanted here
    unittest.main()
