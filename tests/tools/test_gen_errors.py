"""What tools/gen_errors.py refuses, planted one fault at a time, and what it makes of a good source."""
import os
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TOOL = os.path.join(ROOT, "tools/gen_errors.py")
GOOD = """errors:
  - number: 1
    code: internal
    http: 500
    burns: false
    title: {en: "It broke", zh: "出错"}
    fix: {en: "Try again", zh: "请重试"}
  - number: 300
    code: too_poor
    http: 422
    burns: true
    title: {en: "Too poor", zh: "余额不足"}
    fix: {en: "Top up", zh: "请充值"}
"""

# (what is planted: text, replacement; what the refusal says)
REFUSED = [
    ("number: 300\n    code: too_poor\n    http: 422\n    burns: true",
     "number: 1\n    code: too_poor\n    http: 422\n    burns: false", "belongs to internal"),
    ("number: 300", "number: 99999", "in no section"),
    ("number: 300", "number: '300'", "in no section"),
    ("number: 1\n", "number: 2\n  # \n", None),
    ("code: too_poor", "code: internal", "appears twice"),
    ("code: too_poor", "code: TooPoor", "snake_case"),
    ("code: too_poor", "code: ok", "snake_case"),
    ("http: 422", "http: 299", "not a status"),
    ("burns: true", "burns: yes please", "true or false"),
    ("burns: false", "burns: true", "only verdicts of the ledger"),
    ("    fix: {en: \"Top up\", zh: \"请充值\"}\n", "", "missing key 'fix'"),
    (", zh: \"请充值\"", "", "needs exactly the languages"),
    ("zh: \"请充值\"", "zh: \"Top up\"", "not written in that language"),
    ("en: \"Top up\"", "en: \"请 top up\"", "not written in that language"),
    ("en: \"Top up\"", "en: \"\"", "empty"),
    ("en: \"Top up\"", "en: \"Top up.\"", "full stop"),
    ("burns: true", "burns: true\n    colour: red", "unknown key 'colour'"),
    ("burns: true", "burns: true\n    burns: true", "appears twice"),
    ("errors:", "mistakes:", "exactly one key"),
    ("number: 1\n", "number: 301\n", "numbers go up"),
]


def run(text):
    with tempfile.TemporaryDirectory() as directory:
        source = os.path.join(directory, "errors.yaml")
        header, body = os.path.join(directory, "e.h"), os.path.join(directory, "e.c")
        with open(source, "w", encoding="utf-8") as file:
            file.write(text)
        done = subprocess.run([sys.executable, TOOL, source, header, body], capture_output=True,
                              text=True, check=False)
        if done.returncode != 0:
            return done, "", ""
        with open(header, encoding="utf-8") as h, open(body, encoding="utf-8") as b:
            return done, h.read(), b.read()


class GenErrors(unittest.TestCase):
    def test_good_source(self):
        done, header, body = run(GOOD)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("ERR_TOO_POOR = 300,", header)
        self.assertIn("#define ERR_COUNT 3", header)
        self.assertIn('[300] = {"too_poor", 422, true,', body)
        self.assertIn("余额不足", body)

    def test_refusals(self):
        for old, new, message in REFUSED:
            with self.subTest(planted=new):
                self.assertIn(old, GOOD)
                done, _, _ = run(GOOD.replace(old, new, 1))
                if message is None:
                    self.assertEqual(done.returncode, 0, done.stderr)
                else:
                    self.assertEqual(done.returncode, 1)
                    self.assertIn(message, done.stderr)
                    self.assertEqual(done.stderr.count("\n"), 1)

    def test_the_registry_itself(self):
        """Numbers are only ever added: these were published."""
        with open(os.path.join(ROOT, "api/errors.yaml"), encoding="utf-8") as file:
            text = file.read()
        published = dict(re.findall(r"- number: (\d+)\n    code: (\w+)", text))
        for number, code in {"1": "internal", "100": "malformed_json", "200": "store_busy",
                             "361": "insufficient_funds", "400": "signature_invalid",
                             "500": "api_key_not_found"}.items():
            self.assertEqual(published.get(number), code)


if __name__ == "__main__":
    unittest.main()
