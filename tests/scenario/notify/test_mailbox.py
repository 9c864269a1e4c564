#!/usr/bin/env python3
"""The sandbox's mailbox: what the wallet sends arrives readable, doubles are recognised, strangers are
refused, and nothing that arrives can become part of the page."""
import os
import smtplib
import socket
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request

from sandbox_mailbox import Mailbox

PROGRAM, PROBE = (os.path.abspath(p) for p in (sys.argv.pop(1), sys.argv.pop(1)))


def send(kind, url, *messages, secret="-"):
    lines = "".join("\t".join(m) + "\n" for m in messages)
    done = subprocess.run([PROBE, kind, url, "5000", secret, "-"], input=lines, text=True,
                          capture_output=True, check=False, timeout=60)
    return done.stdout.splitlines()


class SandboxMailbox(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.dir = directory.name
        self.mailbox = Mailbox(PROGRAM, self.dir)
        self.addCleanup(lambda: self.assertEqual(self.mailbox.stop(), 0))

    def test_what_the_wallet_sends_is_readable(self):
        subject = "一个很长的主题，长到必须分成好几个编码字，才能放进一行邮件标题里"
        self.assertEqual(send("smtp", self.mailbox.smtp_url, ("dlv_1", "li@mail.test", subject, "验证码 <b>123456</b>")),
                         ["sent "])
        self.assertEqual(send("sms", self.mailbox.sms_url, ("dlv_2", "+8613800000001", "", "【锦囊】验证码 654321 & ＝%"),
                              secret=self.mailbox.key_file), ["sent "])
        sms, mail = self.mailbox.messages()
        self.assertEqual((mail["channel"], mail["to"], mail["subject"]), ("email", "li@mail.test", subject))
        self.assertEqual(mail["text"].strip(), "验证码 <b>123456</b>")
        self.assertEqual((sms["channel"], sms["to"], sms["text"]),
                         ("sms", "+8613800000001", "【锦囊】验证码 654321 & ＝%"))
        self.assertEqual([m["to"] for m in self.mailbox.messages("+86138")], ["+8613800000001"])
        self.assertEqual(self.mailbox.messages("nobody"), [])

    def test_doubles_are_counted_and_not_kept(self):
        sms = ("dlv_2", "+8613800000001", "", "x")
        mail = ("dlv_3", "li@mail.test", "s", "t")
        self.assertEqual(send("sms", self.mailbox.sms_url, sms, sms, secret=self.mailbox.key_file), ["sent "] * 2)
        self.assertEqual(send("smtp", self.mailbox.smtp_url, mail, mail, mail), ["sent "] * 3)
        self.assertEqual([m["times"] for m in self.mailbox.messages()], [3, 2])

    def test_strangers_are_refused(self):
        other = os.path.join(self.dir, "other")
        with open(other, "w", encoding="ascii") as file:
            file.write("00" * 32 + "\n")
        self.assertEqual(send("sms", self.mailbox.sms_url, ("dlv_1", "+86138", "", "x"), secret=other),
                         ["not_sent http_401"])
        self.assertEqual(send("sms", self.mailbox.sms_url, ("dlv_1", "not a number", "", "x"),
                              secret=self.mailbox.key_file), ["refused http_422"])
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(self.mailbox.sms_url, data=b"id=a&to=%2B86&text=x", timeout=10)
        self.assertEqual(refused.exception.code, 401)
        refused.exception.close()
        self.assertEqual(self.mailbox.messages(), [])

    def test_smtp_of_other_programs(self):
        with smtplib.SMTP("127.0.0.1", self.mailbox.smtp_port, timeout=10) as client:
            client.sendmail("a@b.test", ["c@d.test"], "Subject: plain\r\n\r\n.dot\r\n..two\r\n")
            self.assertEqual(client.docmd("DATA")[0], 503)
            self.assertEqual(client.docmd("RCPT TO:<x@y.test>")[0], 503)
            self.assertEqual(client.docmd("VRFY x")[0], 500)
            self.assertEqual(client.docmd("MAIL FROM:nobody")[0], 501)
        message = self.mailbox.messages()[0]
        self.assertEqual((message["subject"], message["text"]), ("plain", ".dot\n..two\n".replace("\n", "\r\n")))

    def test_a_large_or_torn_mail_is_not_kept(self):
        with smtplib.SMTP("127.0.0.1", self.mailbox.smtp_port, timeout=30) as client:
            with self.assertRaises(smtplib.SMTPDataError):
                client.sendmail("a@b.test", ["c@d.test"], "Subject: big\r\n\r\n" + "x" * 70 + ("\r\n" + "x" * 70) * 5000)
        with socket.create_connection(("127.0.0.1", self.mailbox.smtp_port), timeout=10) as raw:
            raw.sendall(b"EHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nSubject: torn\r\n\r\nhalf")
        self.assertEqual(self.mailbox.messages(), [])

    def test_the_page_runs_nothing_of_strangers(self):
        page, headers = self.mailbox.get("/")
        self.assertIn("/mailbox.js", page)
        self.assertIn("script-src 'self'", headers["Content-Security-Policy"])
        self.assertNotIn("unsafe-inline", headers["Content-Security-Policy"].split("style-src")[0])
        script, _ = self.mailbox.get("/mailbox.js")
        self.assertNotIn("innerHTML", script)
        self.assertIn("--jade", self.mailbox.get("/mailbox.css")[0])


if __name__ == "__main__":
    unittest.main()
