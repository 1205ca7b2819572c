"""Reads a proof by docs/proof.md: rebuilds what the card signed, hashes it, checks the signature.

usage: read_proof.py PROOF FOLDER
Writes structure, signature and leaf.der into FOLDER, and one JSON object to standard output.
Not here: trust in the certificate, times, and strictness about the JSON.
"""

import base64
import hashlib
import json
import struct
import sys
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

PADDINGS = {
    "rsa-pkcs1-sha256": padding.PKCS1v15(),
    "rsa-pss-sha256": padding.PSS(padding.MGF1(hashes.SHA256()), 32),
}


def field(content):
    return struct.pack(">H", len(content)) + content


def structure(proof, leaf):
    decoded = base64.b64decode
    return b"VARCO-AUTH v2\0" + b"".join(
        field(content)
        for content in (
            proof["suite"].encode(),
            proof["flow"].encode(),
            proof["audience"].encode(),
            decoded(proof["random"]),
            decoded(proof["nonce"]),
            hashlib.sha256(leaf).digest(),
            struct.pack(">q", proof["issued_at"]),
            struct.pack(">q", proof["not_after"]),
            proof["reader_kind"].encode(),
            proof["card_number"].encode(),
        )
    )


def main(proof, folder):
    proof = json.loads(Path(proof).read_bytes())
    leaf = base64.b64decode(proof["certificate"], validate=True)
    signature = base64.b64decode(proof["signature"], validate=True)
    signed = structure(proof, leaf)
    for name, content in (("structure", signed), ("signature", signature), ("leaf.der", leaf)):
        (Path(folder) / name).write_bytes(content)
    key = x509.load_der_x509_certificate(leaf).public_key()
    try:
        key.verify(signature, signed, PADDINGS[proof["suite"]], hashes.SHA256())
        verified = True
    except InvalidSignature:
        verified = False
    print(json.dumps({"sha256": hashlib.sha256(signed).hexdigest(), "verified": verified}))


main(*sys.argv[1:])
