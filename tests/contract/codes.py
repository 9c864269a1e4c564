#!/usr/bin/env python3
"""codes.py: every error of api/errors.yaml is used by the program and reached by a test.

A test reaches an error when it names it: ERR_<CODE> in C, the code as a word in a script, a scenario
or a vector, or as the expected code of an example in api/openapi.yaml. Comments do not count.
"""
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools"))
from api_model import Api  # noqa: E402
from gen_errors import read_errors  # noqa: E402

C_COMMENT = re.compile(r"/\*.*?\*/", re.S)
TEST_FILES = (".c", ".h", ".py", ".txt", ".json", ".mjs", ".ts", ".tsx", ".sh", ".table", ".scenario")


def words_below(directory, endings):
    """Every identifier in the files, C comments left out."""
    words = set()
    for where, directories, names in os.walk(os.path.join(ROOT, directory)):
        directories[:] = [d for d in directories if d not in ("node_modules", "__pycache__")]
        for name in names:
            path = os.path.join(where, name)
            if name.endswith(endings) and os.path.abspath(__file__) != path:
                with open(path, encoding="utf-8", errors="replace") as file:
                    text = file.read()
                if name.endswith((".c", ".h")):
                    text = C_COMMENT.sub(" ", text)
                words |= set(re.findall(r"\w+", text))
    return words


def example_codes(api):
    found = set()
    for operation in api.operations:
        for example in operation.examples:
            found.add(example.get("code"))
            found |= {v for p, v in example.get("expect", {}).items() if p.endswith("/code")}
    return found


def main():
    errors_path = os.path.join(ROOT, "api/errors.yaml")
    api = Api(os.path.join(ROOT, "api/openapi.yaml"), errors_path)
    used = words_below("src", (".c", ".h"))
    tested = words_below("tests", TEST_FILES) | words_below("web/tests", TEST_FILES)
    examples = example_codes(api)
    failed = 0
    for error in read_errors(errors_path):
        code = error["code"]
        name = "ERR_" + code.upper()
        if name not in used and name not in tested:
            print(f"{code}: nothing answers with it: remove it, its number stays a gap")
            failed += 1
        elif name not in tested and code not in tested and code not in examples:
            print(f"{code}: no test reaches it")
            failed += 1
    print(f"{len(api.errors) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
