"""What tools/gen_api.py refuses: each row plants one fault into the real contract and names the
message that must come back. And what it makes is the same every time."""
import contextlib
import filecmp
import html.parser
import io
import os
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TOOL = os.path.join(ROOT, "tools/gen_api.py")
sys.path.insert(0, os.path.join(ROOT, "tools"))
import api_html  # noqa: E402
import api_model  # noqa: E402
import api_ts  # noqa: E402
import gen_api  # noqa: E402
with open(os.path.join(ROOT, "api/openapi.yaml"), encoding="utf-8") as file:
    CONTRACT = file.read()

# (text in the contract, what replaces its first occurrence, what the refusal says)
REFUSED = [
    ("openapi: 3.1.0", "openapi: 3.0.0", "only 3.1.0"),
    ("\nx-fixtures:", "\nx-surprise: 1\nx-fixtures:", "key 'x-surprise' is not understood"),
    ("operationId: whoami_get", "operationId: who_get", "by the rule it is 'whoami_get'"),
    ("  /v1/whoami:\n    get:", "  /v1/whoami:\n    patch:", "key 'patch' is not understood"),
    ("summary: The key that asks, and what it may do", "summary: ''", "missing summary"),
    ("      x-zh: 当前密钥及其权限\n", "", "missing x-zh"),
    ("        - api_key: [admin]", "        - api_key: [emperor]", "no such scope: 'emperor'"),
    ("      x-errors: [account_not_found]", "      x-errors: [account_lost]", "no such error"),
    ("      x-errors: [account_not_found]", "      x-errors: [config_invalid]",
     "never travels over HTTP"),
    ("      x-examples:\n        - name: alive\n          response: {status: ok}",
     "      x-examples: []", "needs x-examples"),
    ("response: {status: ok}", "response: {status: fine}", "field_value_invalid"),
    ("response: {status: ok}", "response: {status: ok, mood: good}", "field_unknown"),
    ("- name: alive", "- name: Alive!", "snake_case"),
    ("          status: 401\n          code: unauthorized",
     "          status: 400\n          code: unauthorized", "unauthorized has status 401"),
    ("code: account_not_found\n", "code: hold_not_found\n", "not among x-errors"),
    ("query: {owner: \"1002\", limit: 10}", "query: {owner: \"1002\", size: 10}",
     "unknown parameter"),
    ("body: {name: shop, scopes: [\"ledger:read\", \"ledger:write\"]}", "body: {name: shop}",
     "field_required"),
    ("          type: integer\n          minimum: 400", "          type: number\n          minimum: 400",
     "type 'number' is not understood"),
    ("          minimum: 400\n", "", "needs a minimum"),
    ("          minimum: 400\n", "          exclusiveMinimum: 400\n          minimum: 400\n",
     "keyword 'exclusiveMinimum' is not understood"),
    ("          description: The HTTP status\n", "", "missing description"),
    ("      additionalProperties: false\n", "", "additionalProperties: false"),
    ("      required: [field, code, title]", "      required: [field, code, heading]",
     "'heading' is not described"),
    ("          maxItems: 100\n", "", "needs a maxItems"),
    ("          format: account_id\n          x-new: true",
     "          format: uuid\n          x-new: true", "format 'uuid' is not understood"),
    ("enum: [asc, desc]", "enum: [asc, asc]", "appears twice"),
    ("x-values: [101, 102,", "x-values: [101, 101,", "a number twice"),
    ("x-bits: [1, 2, 4, 8]", "x-bits: [1, 2, 3, 8]", "powers of two"),
    ("            default: desc", "            default: sideways", "not one of the values"),
    ('pattern: "^[A-Za-z0-9._:-]+$"', 'pattern: "^(a+)+$"', "^[characters]+$"),
    ("$ref: \"#/components/schemas/Whoami\"", "$ref: \"#/components/schemas/Nobody\"",
     "no such schema"),
    ("$ref: \"#/components/parameters/AccountId\"", "$ref: \"#/components/parameters/Nobody\"",
     "no such parameter"),
    ("- name: Last-Event-ID", "- name: X-Custom", "keeps no header"),
    ("        x-bytes-max: 8388608\n", "", "missing x-bytes-max"),
    ("x-lines-of: transfers", "x-lines-of: results", "x-lines-of names the list"),
    ("          application/x-ndjson:", "          application/xml:", "content type is not understood"),
    ("      parameters:\n        - $ref: \"#/components/parameters/IdempotencyKey\"\n", "",
     "takes an Idempotency-Key"),
    ("    Chart:\n", "    Unused:\n      type: object\n      description: x\n"
     "      additionalProperties: true\n    Chart:\n", "nothing uses it"),
    ("- {code: CNY, number: 156, exponent: 2}", "- {code: ZZZ, number: 156, exponent: 2}",
     "currency_unknown"),
    ("acc_0000000bank01, kind: bank,", "acc_0000000bank0i, kind: bank,", "id_malformed"),
    ("    Readiness:\n", "    Health:\n", "appears twice"),
    ("type: [string, \"null\"]", "type: [string, integer]", 'a type list is [type, "null"]'),
]


def run(text):
    """(exit status, what went to standard error) of --check."""
    with tempfile.TemporaryDirectory() as directory:
        source = os.path.join(directory, "openapi.yaml")
        with open(source, "w", encoding="utf-8") as out:
            out.write(text)
        with contextlib.redirect_stderr(io.StringIO()) as said:
            status = gen_api.main(["--api", source, "--check"])
        return status, said.getvalue()


class GenApi(unittest.TestCase):
    def test_the_contract_is_understood(self):
        self.assertEqual(run(CONTRACT), (0, ""))

    def test_refusals(self):
        for old, new, message in REFUSED:
            with self.subTest(planted=new, instead_of=old):
                self.assertIn(old, CONTRACT)
                status, said = run(CONTRACT.replace(old, new, 1))
                self.assertEqual(status, 1, "it was let through")
                self.assertIn(message, said)
                self.assertEqual(said.count("\n"), 1, said)

    def test_output_depends_on_the_source_only(self):
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
            names = ["api_gen.h", "api_gen.c", "api_routes.c"]
            for directory in (one, two):
                subprocess.run([sys.executable, TOOL, "--c"] +
                               [os.path.join(directory, n) for n in names], check=True)
            for name in names:
                self.assertTrue(filecmp.cmp(os.path.join(one, name), os.path.join(two, name),
                                            shallow=False))

    def test_typescript_has_every_operation_type_and_error(self):
        api = api_model.Api(gen_api.ROOT + "/api/openapi.yaml", gen_api.ROOT + "/api/errors.yaml")
        text = "\n".join(api_ts.typescript(api))
        for operation in api.operations:
            self.assertIn(f"export function {api_ts.camel(operation.name)}(", text)
        for name in api.schemas.named:
            self.assertRegex(text, rf"export (interface|type) {name} ")
        for code in api.errors:
            self.assertIn(f"| '{code}'", text)

    def test_pages_are_whole_and_keep_to_a_strict_policy(self):
        api = api_model.Api(gen_api.ROOT + "/api/openapi.yaml", gen_api.ROOT + "/api/errors.yaml")
        pages = {name: "\n".join(lines) for name, lines in api_html.reference(api).items()}
        index, errors = pages["docs/index.html"], pages["docs/errors/index.html"]
        for page in (index, errors):
            self.assertNotRegex(page, r"<script|<style|style=|onclick|javascript:|https?://")
            anchors = set(re.findall(r'id="([^"]+)"', page))
            self.assertEqual(len(anchors), page.count('id="'), "an id appears twice")
            for target in re.findall(r'href="#([^"]+)"', page):
                self.assertIn(target, anchors)
            Balanced(self).feed(page)
        for operation in api.operations:
            self.assertIn(f'id="{operation.name}"', index)
        for code, error in api.errors.items():
            self.assertIn(f'<tr id="{code}">', errors)
            self.assertIn(error["title"]["zh"], errors)


class Balanced(html.parser.HTMLParser):
    """Every element that is opened is closed, in order."""

    def __init__(self, test):
        super().__init__()
        self.test, self.open = test, []

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "link", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        self.test.assertEqual(self.open.pop(), tag)


if __name__ == "__main__":
    unittest.main()
