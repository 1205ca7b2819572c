"""Reads a record of decisions by docs/audit.md: checks every hash, every signature and the head, and opens what is sealed.

usage: read_audit.py FOLDER CHECKPOINT-KEY [AUDITOR-PRIVATE-KEY PSEUDONYM-KEY]
The keys are texts, `KIND:BASE64`. Writes one JSON object to standard output; fails where the record is not what was written.
Not here: checkpoints kept elsewhere, keys that changed, and strictness about the JSON.
"""

import base64
import glob
import hashlib
import hmac
import json
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def key_of(text):
    return base64.b64decode(text.split(":")[1])


class Reader:
    def __init__(self, folder, believed):
        self.folder, self.believed = folder, believed
        key = key_of(believed)
        self.key_id = hashlib.sha256(key).hexdigest()[:16]
        self.public = Ed25519PublicKey.from_public_bytes(key)
        self.decisions = []

    def check(self, word, log, seq, hash_, at, by, signature):
        assert by == self.key_id, "signed by a key that is not believed"
        message = f"varco-audit-{word} 1 {log} {seq} {hash_} {at} {by}"
        self.public.verify(base64.b64decode(signature), message.encode())

    def read(self):
        with open(f"{self.folder}/head") as head:
            word, version, self.log, last, *rest = head.read().rstrip("\n").split(" ")
        assert (word, version) == ("varco-audit-head", "1")
        self.check("head", self.log, last, *rest)
        self.last, self.last_hash = int(last), rest[0]
        self.seq, self.prev = 0, "0" * 64
        torn = False
        for number, path in enumerate(sorted(glob.glob(f"{self.folder}/[0-9]*.log")), 1):
            assert path.endswith(f"/{number:08}.log"), "a segment is missing"
            with open(path, "rb") as lines:
                for place, line in enumerate(lines):
                    try:
                        self.take(line, number, place)
                    except Exception:
                        if self.seq <= self.last:
                            raise
                        torn = True  # Behind the head: an interruption.
                        break
        assert self.seq > self.last, "records are gone from the end"
        return {"records": self.seq, "unacknowledged": self.seq - 1 - self.last, "torn": torn}

    def take(self, line, number, place):
        assert line.endswith(b'"}\n') and line[-76:-67] == b',"hash":"'
        record, hash_ = json.loads(line), hashlib.sha256(line[:-76]).hexdigest()
        assert (record["seq"], record["prev"], record["hash"]) == (self.seq, self.prev, hash_)
        what = record["what"]
        assert ("segment" in what) == (place == 0)
        if place == 0:
            begin = what["segment"]
            assert (begin["format"], begin["log"], begin["segment"]) == (1, self.log, number)
            assert begin["keys"]["checkpoint"] == self.believed
        if "checkpoint" in what:
            by, signature = what["checkpoint"]["key"], what["checkpoint"]["signature"]
            self.check("checkpoint", self.log, self.seq - 1, self.prev, record["at"], by, signature)
        if self.seq == self.last:
            assert hash_ == self.last_hash, "not what the head was signed over"
        if "decision" in what:
            self.decisions.append((self.seq, what["decision"]))
        self.seq, self.prev = self.seq + 1, hash_


def extract(suite, salt, label, content):
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + content, "sha256")


def expand(suite, secret, label, info, length):
    labeled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return hmac.digest(secret, labeled + b"\x01", "sha256")[:length]  # one block is enough


def open_sealed(private, sealed, info):
    """RFC 9180, base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305."""
    enc, ciphertext = sealed[:32], sealed[32:]
    key = X25519PrivateKey.from_private_bytes(private)
    kem, suite = b"KEM\x00\x20", b"HPKE\x00\x20\x00\x01\x00\x03"
    shared = key.exchange(X25519PublicKey.from_public_bytes(enc))
    context = enc + key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    shared = expand(kem, extract(kem, b"", b"eae_prk", shared), b"shared_secret", context, 32)
    context = b"\x00" + extract(suite, b"", b"psk_id_hash", b"") + extract(suite, b"", b"info_hash", info)
    secret = extract(suite, shared, b"secret", b"")
    key, nonce = expand(suite, secret, b"key", context, 32), expand(suite, secret, b"base_nonce", context, 12)
    return json.loads(ChaCha20Poly1305(key).decrypt(nonce, ciphertext, b""))


def main():
    reader = Reader(sys.argv[1], sys.argv[2])
    told = reader.read()
    if len(sys.argv) > 3:
        private, pseudonym = key_of(sys.argv[3]), key_of(sys.argv[4])
        told["persons"] = []
        for seq, decision in reader.decisions:
            info = f"varco-audit-sealed 1 {reader.log} {seq}".encode()
            persons = open_sealed(private, base64.b64decode(decision["sealed"]), info)
            for role, code in persons.items():
                text = f"varco-audit-pseudonym 1 {code}".encode()
                expected = hmac.digest(pseudonym, text, "sha256").hex() if code else None
                assert decision[role] == expected, "the pseudonym is not that of the sealed person"
            told["persons"].append(persons)
    print(json.dumps(told))


main()
