#!/usr/bin/env python3
"""test_simulate.py JINNANG AUDIT fresh|sqlite|postgres FROM TO STEPS [CALLERS] — seeds of `jinnang simulate`.

fresh: a new SQLite file for each seed; otherwise all in one database, which the auditor, who shares no code
with the ledger, must find clean at the end. Each seed counts as a test. With JN_TEST_QUICK=1 a sixth of them. The first that fails ends the run, after
its seed was printed: `jinnang simulate --seed N --steps STEPS` shows it again.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import jn_test  # noqa: E402


def main():
    program, audit, backend, first, last, steps = sys.argv[1:7]
    callers = sys.argv[7:] or ["0"]
    first, last = int(first), int(last)
    if os.environ.get("JN_TEST_QUICK") == "1":
        last = first + (last - first) // 6
    with jn_test.database("sqlite" if backend == "fresh" else backend) as (url, _):
        where = ["--db", url] if backend != "fresh" else []
        try:
            said = jn_test.run(program, "simulate", "--seeds", f"{first}-{last}", "--steps", steps,
                               "--callers", callers[0], *where)
            if where:
                jn_test.run(audit, "--db", url)
        except jn_test.Failure as reason:
            print(f"FAILED {reason}\n0 passed, 1 failed")
            return 1
    held = said.count(": held\n")
    crashes = sum(int(line.split(" crashes ")[1].split()[0]) for line in said.splitlines()
                  if " crashes " in line)
    print(f"{held} seeds of {steps} steps, {crashes} power failures")
    missing = last - first + 1 - held + (backend != "postgres" and callers == ["0"] and crashes == 0)
    print(f"{held} passed, {missing} failed")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
