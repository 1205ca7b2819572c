#!/usr/bin/env python3
"""A rig for `varco bench run --bench`: virtual cards before somebody else's pcscd, moved over their control sockets.

It stands for a robot: whoever runs the scenarios knows of it only that it puts cards in and takes them out, and of the
reader only what PC/SC tells. Each scenario has cards of its own, so none finds what another did to a PIN.

VPCD_RIG         a folder for what it keeps
VPCD_RIG_PLAY    words that begin `varco emulate` where the slot's port can be reached
VPCD_RIG_ERRS    a profile that is put in whatever is wanted, as by a hand that errs
VPCD_RIG_SLIPS   digits that are pressed whatever is wanted, as by a hand that errs
VPCD_RIG_CARD    the control socket of the only card there is, in a reader that may have keys
"""

import json
import os
import pathlib
import shlex
import socket
import subprocess
import sys
import time

FOLDER = pathlib.Path(os.environ["VPCD_RIG"])
CURRENT = FOLDER / "current"
ERRS = os.environ.get("VPCD_RIG_ERRS")
SLIPS = os.environ.get("VPCD_RIG_SLIPS")
CARD = os.environ.get("VPCD_RIG_CARD")
WAIT_S = 10


def tell(path, command):
    """One command to a card, and what it answers."""
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(path))
        line.sendall(command.encode() + b"\n")
        return json.loads(line.makefile().readline())


def insert(name):
    if CARD:
        tell(CARD, "insert")
        return
    profiles = os.environ["VARCO_BENCH_PROFILES"].split()
    if not profiles:
        sys.exit(77)
    card = FOLDER / os.environ["VARCO_BENCH_SCENARIO"] / name
    card.mkdir(parents=True, exist_ok=True)
    # A socket's path is short.
    control = FOLDER / f"{os.environ['VARCO_BENCH_SCENARIO'][:40]}.{name[:20]}"
    if control.exists():
        tell(control, "insert")
    else:
        play = shlex.split(os.environ["VPCD_RIG_PLAY"])
        play += ["--profile", ERRS or profiles[0], "--control", str(control), "--state", str(card / "state")]
        with open(card / "log", "wb") as log:
            subprocess.Popen(
                play, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        until = time.monotonic() + WAIT_S
        while not control.exists():
            if time.monotonic() > until:
                sys.exit((card / "log").read_text() or "the card did not start")
            time.sleep(0.01)
    CURRENT.write_text(str(control))


def remove():
    if CARD:
        tell(CARD, "remove")
    elif CURRENT.exists():
        tell(CURRENT.read_text(), "remove")


def press(what):
    """The digits come on standard input, and stand nowhere else."""
    digits = sys.stdin.readline().strip()
    if not CARD or not (digits or what == "cancel"):
        sys.exit(77)
    answer = tell(CARD, f"keys {SLIPS or digits or what}")
    if "error" in answer:
        sys.exit("the reader has no keys")


def end():
    """Takes all cards away for good."""
    for control in FOLDER.iterdir():
        if control.is_socket():
            tell(control, "quit")


match sys.argv[1:]:
    case ["insert", name]:
        insert(name)
    case ["remove"]:
        remove()
    case ["press", what]:
        press(what)
    case ["end"]:
        end()
    case _:
        sys.exit("insert NAME, remove, press WHAT, or end")
