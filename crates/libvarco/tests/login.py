"""Logs in with played cards through libvarco by ctypes: well, wrongly, and out of another thread.

usage: login.py LIBRARY FIXTURES PROOF
Writes the proof of a good login to PROOF. Not here: every misuse that there is (login.c).
"""

import ctypes
import json
import sys
import threading
from ctypes import POINTER, byref, c_char_p, c_int32, c_size_t, c_uint32, c_void_p
from pathlib import Path

OK, DENIED, FAILED, MISUSE, DEFECT = range(5)
ANSWERED, CANCELLED, LATER = 10, 11, 12
ITALIAN, ENGLISH = 1, 2
TEST_ANCHORS = 2
AUDIENCE = "kiosk-7.example"


class Question(ctypes.Structure):
    _fields_ = [
        ("size", c_size_t),
        ("reader", c_char_p),
        ("card", c_char_p),
        ("audience", c_char_p),
        ("service", c_char_p),
        ("text", c_char_p),
        ("prompt", c_char_p),
        ("not_taken", c_char_p),
        ("tries_left", c_int32),
        ("tries_max", c_int32),
        ("digits_min", c_size_t),
        ("digits_max", c_size_t),
    ]


Ask = ctypes.CFUNCTYPE(c_int32, c_void_p, POINTER(Question), c_void_p)
Before = ctypes.CFUNCTYPE(c_int32, c_void_p, c_int32, c_char_p)

SIGNATURES = {
    "varco_abi_version": ([], c_uint32),
    "varco_version": ([], c_char_p),
    "varco_error_code": ([], c_char_p),
    "varco_error_text": ([c_int32], c_char_p),
    "varco_error_advice": ([c_int32], c_char_p),
    "varco_error_detail": ([], c_char_p),
    "varco_readers_open": ([c_char_p, POINTER(c_void_p)], c_int32),
    "varco_readers_list": ([c_void_p, POINTER(c_char_p)], c_int32),
    "varco_readers_close": ([c_void_p], c_int32),
    "varco_options_new": ([c_char_p, POINTER(c_void_p)], c_int32),
    "varco_options_free": ([c_void_p], c_int32),
    "varco_options_nonce": ([c_void_p, c_char_p, c_size_t], c_int32),
    "varco_options_trust": ([c_void_p, c_int32, c_char_p], c_int32),
    "varco_options_crl": ([c_void_p, c_char_p], c_int32),
    "varco_options_language": ([c_void_p, c_int32], c_int32),
    "varco_options_service": ([c_void_p, c_char_p], c_int32),
    "varco_options_time_limit": ([c_void_p, c_uint32], c_int32),
    "varco_answer_digits": ([c_void_p, c_char_p, c_size_t], c_int32),
    "varco_answer_cancel": ([c_void_p], c_int32),
    "varco_login": ([c_void_p, c_void_p, Ask, Before, c_void_p, POINTER(c_void_p)], c_int32),
    "varco_report_identity": ([c_void_p, POINTER(c_char_p)], c_int32),
    "varco_report_decision": ([c_void_p, POINTER(c_char_p)], c_int32),
    "varco_report_proof": ([c_void_p, POINTER(c_char_p)], c_int32),
    "varco_report_card": ([c_void_p, POINTER(c_char_p)], c_int32),
    "varco_report_free": ([c_void_p], c_int32),
}


def load(path):
    library = ctypes.CDLL(path)
    for name, (arguments, result) in SIGNATURES.items():
        function = getattr(library, name)
        function.argtypes, function.restype = arguments, result
    assert library.varco_abi_version() == 1
    return library


class Login:
    def __init__(self, varco, fixtures):
        self.varco, self.fixtures = varco, fixtures
        self.readers, self.options, self.questions = c_void_p(), c_void_p(), []
        self.well(varco.varco_readers_open(b"played:cns-st", byref(self.readers)))
        self.well(varco.varco_options_new(AUDIENCE.encode(), byref(self.options)))
        self.well(varco.varco_options_trust(self.options, TEST_ANCHORS, self.fixture("pki/ca-cns.der")))
        self.well(varco.varco_options_crl(self.options, self.fixture("pki/crl-cns.crl")))
        self.well(varco.varco_options_language(self.options, ITALIAN))

    def fixture(self, name):
        return str(self.fixtures / name).encode()

    def well(self, status):
        assert status == OK, (status, self.varco.varco_error_code(), self.varco.varco_error_detail())

    def give(self, answer, digits):
        buffer = ctypes.create_string_buffer(digits, len(digits))
        status = self.varco.varco_answer_digits(answer, buffer, len(digits))
        assert buffer.raw == bytes(len(digits)), "not wiped"
        return status

    def run(self, prompt):
        """The status, the code of the error, and identity, decision, proof, card."""

        def ask(_, question, answer):
            asked = question.contents
            self.questions.append((asked.reader, asked.text.decode(), asked.tries_left, asked.digits_max))
            return prompt(answer)

        report, parts = c_void_p(), {}
        status = self.varco.varco_login(
            self.readers, self.options, Ask(ask), Before(), None, byref(report)
        )
        code = self.varco.varco_error_code().decode() if status else ""
        if report:
            for part in ("identity", "decision", "proof", "card"):
                text = c_char_p()
                self.well(getattr(self.varco, f"varco_report_{part}")(report, byref(text)))
                parts[part] = text.value and json.loads(text.value)
            self.well(self.varco.varco_report_free(report))
        return status, code, parts

    def close(self):
        self.well(self.varco.varco_options_free(self.options))
        self.well(self.varco.varco_readers_close(self.readers))
        assert self.varco.varco_readers_close(self.readers) == MISUSE
        assert self.varco.varco_error_code() == b"call-handle"


def main(library, fixtures, proof):
    varco = load(library)
    login = Login(varco, Path(fixtures))

    listed = c_char_p()
    login.well(varco.varco_readers_list(login.readers, byref(listed)))
    assert json.loads(listed.value)[0]["card"]["state"] == "present"

    def wrong(answer):
        assert login.give(answer, b"54321") == OK
        return ANSWERED

    def right(answer):
        assert login.give(answer, b"12345") == OK
        return ANSWERED

    def later(answer):
        threading.Thread(target=login.give, args=(answer, b"12345")).start()
        return LATER

    def raises(answer):
        raise KeyboardInterrupt("the prompt fails")

    status, code, parts = login.run(wrong)
    assert (status, code, parts["identity"], parts["card"]["pin"]["tries_left"]) == (FAILED, "pin-wrong", None, 2)
    assert varco.varco_error_text(ITALIAN).decode() == "Il PIN non è giusto. Restano 2 tentativi."
    assert varco.varco_error_advice(ENGLISH)

    assert login.run(lambda _: CANCELLED)[:2] == (FAILED, "entry-cancelled")
    assert login.run(lambda _: 99)[:2] == (MISUSE, "prompt-value")
    # What a Python prompt throws is printed by ctypes, and what it returns then is anybody's guess: nobody gets in by it.
    hook, sys.unraisablehook = sys.unraisablehook, lambda _: None
    login.well(varco.varco_options_time_limit(login.options, 200))
    status, _, parts = login.run(raises)
    assert status in (FAILED, MISUSE) and parts["identity"] is None and not parts["card"]["pin"]["sent"]
    login.well(varco.varco_options_time_limit(login.options, 60_000))
    sys.unraisablehook = hook

    nonce = bytes(range(32))
    login.well(varco.varco_options_nonce(login.options, nonce, len(nonce)))
    status, _, parts = login.run(right)
    assert status == OK and parts["identity"]["codice_fiscale"] and parts["decision"] is None
    assert parts["proof"]["audience"] == AUDIENCE
    Path(proof).write_text(json.dumps(parts["proof"]))
    reader, text, tries_left, digits_max = login.questions[-1]
    assert (reader, tries_left, digits_max) == (b"played:cns-st", 2, 8)
    assert "Chi chiede" in text and AUDIENCE in text, text

    assert login.run(right)[:2] == (MISUSE, "call-nonce-spent")
    login.well(varco.varco_options_nonce(login.options, bytes(32), 32))
    login.well(varco.varco_options_service(login.options, b"inps.medico"))
    status, code, parts = login.run(later)
    assert (status, code, parts["proof"]) == (DENIED, "access-denied", None)
    assert parts["decision"]["reasons"][0]["text"]
    login.close()
    print("all is well")


main(*sys.argv[1:])
