#!/usr/bin/env python3
"""test_determinism.py JINNANG — the same seed gives the same state, another seed another one."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import jn_test  # noqa: E402

PROGRAM = sys.argv[1]


def state(seed):
    return json.loads(jn_test.run(PROGRAM, "simulate", "--seed", str(seed), "--steps", "250", "--json"))


def same_seed():
    for seed in (3, 6, 8):
        first, again = state(seed), state(seed)
        jn_test.check(first == again, f"seed {seed}: {first} and then {again}")
        jn_test.check(first["ok"] is True, f"seed {seed}: {first}")


def other_seed():
    jn_test.check(state(1)["state"] != state(2)["state"], "two seeds, one state")


sys.exit(jn_test.main({"the same seed replays": same_seed, "another seed differs": other_seed}))
