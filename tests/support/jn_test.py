"""jn_test.py — what the suites written in Python share: a database of their own on either backend.

Non-goals: starting PostgreSQL, which `tools/test-pg run -- …` does; a test that needs it and finds no
JN_TEST_PG_URL fails.
"""
import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile


class Failure(Exception):
    """What does not hold; main() prints it and the test fails."""


def check(condition, what):
    if not condition:
        raise Failure(what)


def psql(statement):
    subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", os.environ["JN_TEST_PG_URL"],
                    "-c", statement], check=True, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def database(backend):
    """(url, scratch directory); both are removed afterwards."""
    scratch = tempfile.mkdtemp(prefix="jn-test-")
    try:
        if backend == "sqlite":
            yield "sqlite:" + os.path.join(scratch, "test.db"), scratch
            return
        check("JN_TEST_PG_URL" in os.environ, "run under tools/test-pg run -- …")
        name = "t_" + secrets.token_hex(8)
        psql(f"CREATE DATABASE {name}")
        try:
            yield os.environ["JN_TEST_PG_URL"].rsplit("/", 1)[0] + "/" + name, scratch
        finally:
            psql(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def run(*argv):
    """Standard output of a program that must succeed."""
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    check(done.returncode == 0, f"{' '.join(argv[:3])} … gave {done.returncode}:\n{done.stderr[-2000:]}"
                                f"{done.stdout[-1000:]}")
    return done.stdout


def main(tests):
    """Runs each of name -> function, prints one line each and the sum."""
    failed = 0
    for name, test in tests.items():
        try:
            test()
            print(f"ok {name}", flush=True)
        except Failure as reason:
            failed += 1
            print(f"FAILED {name}: {reason}", flush=True)
    print(f"{len(tests) - failed} passed, {failed} failed")
    return 1 if failed or not tests else 0


if __name__ == "__main__":
    sys.exit("a module, not a program")
