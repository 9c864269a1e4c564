"""docs/outcomes.md against the tests: each line names a test that is registered, and each test named
after a line is in the document. Prints `N passed, N failed`."""
import glob
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))


def main():
    with open(os.path.join(ROOT, "docs/outcomes.md"), encoding="utf-8") as file:
        lines = re.findall(r"^\| (O-[ASP]-\d\d) \|.*\| `(\w+)` \|$", file.read(), re.M)
    registered = set()
    for path in glob.glob(os.path.join(HERE, "test_*.c")):
        with open(path, encoding="utf-8") as file:
            registered.update(re.findall(r"\bT\((\w+)\)", file.read()))
    faults = [f"{number}: no test {test}" for number, test in lines if test not in registered]
    faults += [f"{number} is there twice" for number in {n for n, _ in lines}
               if [n for n, _ in lines].count(number) > 1]
    for test in registered:
        match = re.match(r"o_([sp])_(\d\d)_", test)
        if match and (f"O-{match.group(1).upper()}-{match.group(2)}", test) not in lines:
            faults.append(f"{test} is not its line in docs/outcomes.md")
    for fault in faults:
        print(fault)
    print(f"{len(lines)} passed, {len(faults)} failed")
    return 1 if faults or not lines else 0


if __name__ == "__main__":
    sys.exit(main())
