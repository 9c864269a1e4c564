"""authenticator.py: a passkey in software, for tests: real keys and signatures (python3-cryptography),
and every field that a liar could change. tests/support/authenticator.c is the same for unit tests."""
import base64
import hashlib
import hmac
import json
import secrets
import struct
import time

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ES256, EDDSA, RS256 = -7, -8, -257
PRESENT, VERIFIED, HAS_CREDENTIAL = 1, 4, 64


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def cbor(value):
    """As much of CBOR as a key and an attestation need."""
    def head(major, number):
        for info, form, most in ((24, ">B", 255), (25, ">H", 65535), (26, ">I", 2**32 - 1)):
            if number < 24:
                return bytes([major << 5 | number])
            if number <= most:
                return bytes([major << 5 | info]) + struct.pack(form, number)
        raise ValueError(number)
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    return head(5, len(value)) + b"".join(cbor(k) + cbor(v) for k, v in value.items())


class Authenticator:
    """`count` is the counter of the next answer: it stays at zero until it is set, then it grows."""

    def __init__(self, origin, algorithm=ES256, *, rp_id="localhost"):
        self.origin, self.rp_id, self.algorithm = origin, rp_id, algorithm
        self.id, self.count, self.flags = secrets.token_bytes(32), 0, PRESENT | VERIFIED
        self.key = {ES256: lambda: ec.generate_private_key(ec.SECP256R1()),
                    EDDSA: ed25519.Ed25519PrivateKey.generate,
                    RS256: lambda: rsa.generate_private_key(65537, 2048)}[algorithm]()

    def _cose_key(self):
        public = self.key.public_key()
        if self.algorithm == ES256:
            n = public.public_numbers()
            return {1: 2, 3: ES256, -1: 1, -2: n.x.to_bytes(32, "big"), -3: n.y.to_bytes(32, "big")}
        if self.algorithm == RS256:
            n = public.public_numbers()
            return {1: 3, 3: RS256, -1: n.n.to_bytes(256, "big"), -2: n.e.to_bytes(3, "big")}
        return {1: 1, 3: EDDSA, -1: 6, -2: public.public_bytes(Encoding.Raw, PublicFormat.Raw)}

    def _sign(self, data):
        if self.algorithm == ES256:
            return self.key.sign(data, ec.ECDSA(hashes.SHA256()))
        if self.algorithm == RS256:
            return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self.key.sign(data)

    def _client_data(self, kind, challenge, origin):
        return json.dumps({"type": kind, "challenge": challenge, "origin": origin or self.origin,
                           "crossOrigin": False}, separators=(",", ":")).encode()

    def _auth_data(self, rp_id, flags, rest=b""):
        data = hashlib.sha256((rp_id or self.rp_id).encode()).digest() + bytes([flags]) + struct.pack(">I", self.count)
        if self.count:
            self.count += 1
        return data + rest

    def register(self, challenge, *, origin=None, rp_id=None):
        """The answer of navigator.credentials.create."""
        rest = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor(self._cose_key())
        auth_data = self._auth_data(rp_id, self.flags | HAS_CREDENTIAL, rest)
        return {"client_data": b64(self._client_data("webauthn.create", challenge, origin)),
                "attestation": b64(cbor({"fmt": "none", "attStmt": {}, "authData": auth_data}))}

    def answer(self, challenge, *, origin=None, rp_id=None):
        """The answer of navigator.credentials.get."""
        client_data = self._client_data("webauthn.get", challenge, origin)
        auth_data = self._auth_data(rp_id, self.flags)
        return {"credential_id": b64(self.id), "client_data": b64(client_data), "authenticator_data": b64(auth_data),
                "signature": b64(self._sign(auth_data + hashlib.sha256(client_data).digest()))}


class Totp:
    """An authenticator app that never shows a code twice (the server takes each once): it goes ahead
    by one step where it must, and waits where it would have to go further."""

    def __init__(self, secret):
        self.secret, self.step = base64.b32decode(secret), 0

    def code_of(self, step):
        digest = hmac.new(self.secret, struct.pack(">Q", step), hashlib.sha1).digest()
        at = digest[-1] & 15
        return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7fffffff) % 1000000:06}"

    def code(self):
        self.step = max(self.step + 1, int(time.time()) // 30 - 1)
        while self.step > int(time.time()) // 30 + 1:
            time.sleep(0.5)
        return self.code_of(self.step)
