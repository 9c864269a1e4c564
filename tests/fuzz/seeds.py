#!/usr/bin/env python3
"""seeds.py OUT TARGET: the inputs a fuzz target begins with, taken from the contract's examples and the
proof vectors, so that they never go stale. Inputs that once found a fault are kept in corpus/TARGET/."""
import json
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools"))
from api_model import Api  # noqa: E402

HEADS = ["/v1/ledger/accounts/acc_0000000a11ce1", "%E5%A4%87%E4%BB%98%E9%87%91%2f%00%zz",
         "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "gzip;q=0.5, br;q=1.0, *;q=0",
         "zh-CN,zh;q=0.9,en;q=0.5", "Idempotency-Key", "content-type", "PUT", "a\"b\\c\n"]
TEXTS = ["2026-11-22T04:21:22.000001Z", "2000-02-29T23:59:59+08:00", "tr_01hq3k9zv5w8x", "-12.345",
         "9007199254740991", "Zm9vYmE=", "009fabff", "desc", "cur_0000000000007", "true",
         "entries/x001/234.p/5", "01890a5d-ac96-774b-bcce-b302099a8057", "备付金"]


def bodies(api):
    prefix = {"ledger_transfers_post": b"\0", "ledger_accounts_post": b"\2",
              "ledger_transfers_id_put": b"\3", "api_keys_post": b"\4"}
    for operation in api.operations:
        for example in operation.examples:
            request = example.get("request", {})
            if operation.name not in prefix:
                continue
            if "body" in request:
                yield prefix[operation.name] + json.dumps(request["body"]).encode()
            elif "raw" in request:
                lines = request.get("content_type") == "application/x-ndjson"
                yield (b"\1" if lines else prefix[operation.name]) + request["raw"].encode()


def values(api):
    yield from (text.encode() for text in TEXTS)
    for operation in api.operations:
        for example in operation.examples:
            request = example.get("request", {})
            for place in ("path", "query", "headers"):
                yield from (str(v).encode() for v in request.get(place, {}).values())


def proofs():
    with open(os.path.join(ROOT, "tests/vectors/verify.json"), encoding="utf-8") as file:
        for vector in json.load(file):
            yield vector["text"].encode()
            yield from (key.encode() for key in vector["keys"])


MESSAGES = ["amount=1050 CNY\nbalance=0 CNY\nat=1795377860000000\ntransfer=tr_1\n", "factor=passkey\nat=0\n",
            "device=https://evil.example\nplace=\u3002\nat=-1\n", "code=123456\npurpose=sign_up\nminutes=5\n",
            "ABCDE-FGHJK", "https://jinnang.example@evil.test:1/x", "jinn\u0430ng.example", "0086 100-0000 000", "li.hua@mail.test", "a\r\nBcc: b@c"]


def passkeys():
    """The first byte chooses the reader of fuzz_webauthn.c."""
    with open(os.path.join(ROOT, "tests/vectors/webauthn.json"), encoding="utf-8") as file:
        for vector in json.load(file):
            yield b"\0" + bytes.fromhex(vector["client_data"])
            yield b"\0" + bytes.fromhex(vector["get_client_data"])
            yield b"\1" + bytes.fromhex(vector["attestation"])
            yield b"\2" + bytes.fromhex(vector["auth_data"])
            yield b"\2" + bytes.fromhex(vector["attestation"])[-164:]
            yield b"\3" + bytes.fromhex(vector["attestation"])
            yield b"\4" + bytes.fromhex(vector["signature"])


CLAIMS = ["11010519491231002X", "C01X00T47", "李华", "阿卜杜拉·买买提", "O'Neil-Smith Jr.", "6222 0200 0000 0000 000",
          "4111-1111-1111-1111", "id=ver_1\noutcome=mismatch\nfield=id_number\nreference=P-7\n",
          "Jinnang-HMAC time=1795320000,nonce=" + 32 * "a" + ",signature=" + 64 * "0"]


def packs():
    """Each pack whole, and each of its top-level parts alone, which mutates into more."""
    for name in sorted(n for n in os.listdir(os.path.join(ROOT, "packs")) if n.endswith(".yaml")):
        with open(os.path.join(ROOT, "packs", name), "rb") as file:
            text = file.read()
        yield text
        yield from text.split(b"\n\n")


def main(out, target):
    api = Api(os.path.join(ROOT, "api/openapi.yaml"), os.path.join(ROOT, "api/errors.yaml"))
    inputs = {"json": lambda: bodies(api), "params": lambda: values(api), "verify": proofs,
              "notify": lambda: (m.encode() for m in MESSAGES), "webauthn": passkeys, "pack": packs,
              "claims": lambda: (c.encode() for c in CLAIMS),
              "http": lambda: (h.encode() for h in HEADS)}[target]
    os.makedirs(out, exist_ok=True)
    for number, data in enumerate(sorted(set(inputs()))):
        with open(os.path.join(out, f"seed-{number:04}"), "wb") as file:
            file.write(data)


if __name__ == "__main__":
    main(*sys.argv[1:])
