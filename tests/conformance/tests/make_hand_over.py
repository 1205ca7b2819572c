"""Makes the vectors of fixtures/vectors/spid from nothing but docs/spid.md.

usage: make_hand_over.py FOLDER

Needs the module cryptography. The gateway's key follows from a text that stands here: it is a test's.
"""

import base64
import hashlib
import json
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CONTEXT = b"VARCO-SPID-HAND-OVER v1\x00"


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def hand_over(key, payload):
    """The four parts of a hand-over."""
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return ".".join(
        [
            "varco-spid-1",
            hashlib.sha256(public).hexdigest(),
            base64url(payload),
            base64url(key.sign(CONTEXT + payload)),
        ]
    )


def login(level):
    """What a gateway tells of one login: invented, at 2026-06-01T09:00:00Z."""
    issued_at = 1780304400
    return {
        "format": 1,
        "gateway": "gateway.example.it",
        "audience": "https://servizi.example.it",
        "nonce": base64url(hashlib.sha256(f"varco fixtures: nonce {level}".encode()).digest()),
        "id": base64url(hashlib.sha256(f"varco fixtures: hand-over {level}".encode()).digest()[:16]),
        "identity_provider": "https://idp.example.it",
        "authn_context": f"https://www.spid.gov.it/SpidL{level}",
        "authn_instant": issued_at - 5,
        "issued_at": issued_at,
        "not_after": issued_at + 60,
        "attributes": {
            "fiscalNumber": "TINIT-DMNNCL80C14H501S",
            "name": "Nicolò",
            "familyName": "D'Amànzio",
            "dateOfBirth": "1980-03-14",
        },
    }


def main(folder):
    key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"varco fixtures: a gateway of SPID").digest())
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / "gateway.pem").write_bytes(pem)
    for level in (1, 2, 3):
        payload = json.dumps(login(level), ensure_ascii=False, separators=(",", ":")).encode("utf-8")
        (folder / f"spid-l{level}.json").write_bytes(payload)
        (folder / f"spid-l{level}.txt").write_text(hand_over(key, payload), encoding="ascii")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
