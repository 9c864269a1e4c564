"""What tools/gen_messages.py refuses, planted one fault at a time, and that every topic that the
program tells of is in packs/messages/."""
import glob
import os
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TOOL = os.path.join(ROOT, "tools/gen_messages.py")
WORDS = 'brand: {en: "Jinnang", zh: "锦囊"}\nwords:\n  pin: {en: "PIN", zh: "支付密码"}\n'
GOOD = """topics:
  - topic: pin_changed
    kind: security
    severity: warning
    channels: [in_app, sms, email]
    not_me: true
    params: {factor: word, at: time}
    en:
      title: "Changed: {factor}"
      text: "{factor} changed at {at}"
      sms: "{factor} changed at {at}"
      subject: "Changed: {factor}"
      email: "{factor} changed at {at}"
    zh:
      title: "已修改{factor}"
      text: "{at}修改{factor}"
      sms: "{at}修改{factor}"
      subject: "已修改{factor}"
      email: "{at}修改{factor}"
"""
REFUSED = [
    ('text: "{factor} changed at {at}"', 'text: "{factor} changed at {when}"', "no parameter"),
    ("at: time}", "at: time, place: text}", "place is never used"),
    ('sms: "{factor} changed at {at}"', 'sms: "{factor} changed at {at}: https://x"', "no link"),
    ('sms: "{factor} changed at {at}"', 'sms: "{factor} {at} see wallet.example"', "no link"),
    ('sms: "{factor} changed at {at}"', 'sms: "{factor} {at} ask a@b"', "no link"),
    ('sms: "{at}修改{factor}"', 'sms: "修改{factor}"', "different parameters"),
    ('      sms: "{at}修改{factor}"\n', "", "sms is missing"),
    ("channels: [in_app, sms, email]", "channels: [in_app, sms]", "belongs to no channel"),
    ("channels: [in_app, sms, email]", "channels: [in_app, fax]", "channels is a list"),
    ("kind: security", "kind: urgent", "kind is one of"),
    ("severity: warning", "severity: 3", "severity is one of"),
    ("not_me: true", "not_me: perhaps", "true or false"),
    ("not_me: true", "secret: true", "if and only if"),
    ("factor: word", "factor: number", "params names"),
    ("not_me: true", "colour: red", "unknown key"),
    ("topic: pin_changed", "topic: PinChanged", "snake_case"),
    ('title: "Changed: {factor}"', 'title: "Changed: {factor"', "brace"),
    ('subject: "Changed: {factor}"', 'subject: "a\\nb {factor}"', "one line"),
    ('subject: "Changed: {factor}"', f'subject: "{"a" * 90}"', "longer than"),
]


def run(topics, words=WORDS):
    with tempfile.TemporaryDirectory() as directory:
        source = os.path.join(directory, "messages")
        os.makedirs(source)
        for name, text in (("words.yaml", words), ("security.yaml", topics)):
            with open(os.path.join(source, name), "w", encoding="utf-8") as file:
                file.write(text)
        out = os.path.join(directory, "out.c")
        done = subprocess.run([sys.executable, TOOL, source, out], capture_output=True, text=True,
                              check=False)
        if done.returncode != 0:
            return done.stderr, None
        with open(out, encoding="utf-8") as file:
            return "", file.read()


class GenMessages(unittest.TestCase):
    def test_a_good_catalogue_becomes_c(self):
        said, made = run(GOOD)
        self.assertEqual(said, "")
        self.assertIn('.name = "pin_changed"', made)
        self.assertIn('{"factor", NOTIFY_PARAM_WORD}', made)
        self.assertIn("NOTIFY_IN_APP | NOTIFY_SMS | NOTIFY_EMAIL", made)

    def test_each_fault_is_refused(self):
        for old, new, expected in REFUSED:
            with self.subTest(new=new):
                self.assertIn(old, GOOD)
                said, _ = run(GOOD.replace(old, new, 1))
                self.assertIn(expected, said)

    def test_words_have_both_languages(self):
        self.assertIn("both languages", run(GOOD, WORDS.replace(', zh: "支付密码"', ""))[0])
        self.assertIn("twice", run(GOOD + GOOD.replace("topics:\n", ""))[0])

    def test_every_topic_told_is_in_the_catalogue(self):
        known = set()
        for path in glob.glob(os.path.join(ROOT, "packs/messages/*.yaml")):
            with open(path, encoding="utf-8") as file:
                known |= set(re.findall(r"^  - topic: (\w+)", file.read(), re.M))
        told = {}
        for path in glob.glob(os.path.join(ROOT, "src/**/*.[ch]"), recursive=True):
            with open(path, encoding="utf-8") as file:
                for topic in re.findall(r'\.topic = (?:STORE_TEXT\(|\{)?"(\w+)"', file.read()):
                    told[topic] = os.path.relpath(path, ROOT)
        self.assertEqual({t: p for t, p in told.items() if t not in known}, {})


if __name__ == "__main__":
    unittest.main()
