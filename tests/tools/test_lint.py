"""clang-format and clang-tidy, with the settings of this repository, catch what they are there for, and
tools/test-run counts what it should."""
import importlib.machinery
import importlib.util
import os
import shutil
import subprocess
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LONG = "int f(int a);\nint f(int a)\n{\n" + "    a++;\n" * 72 + "    return a;\n}\n"


def load_tool(name):
    loader = importlib.machinery.SourceFileLoader(name.replace("-", "_"), os.path.join(ROOT, "tools", name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


def with_sample(config, text, *argv):
    """Runs argv with a sample file and `config` beside it; (exit code, output)."""
    with tempfile.TemporaryDirectory() as root:
        shutil.copy(os.path.join(ROOT, config), root)
        path = os.path.join(root, "x.c")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        done = subprocess.run([argv[0], *argv[1:], path, *(["--"] if "tidy" in argv[0] else [])],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        return done.returncode, done.stdout


class Format(unittest.TestCase):
    def check(self, text):
        return with_sample(".clang-format", text, "clang-format-19", "--dry-run", "--Werror")[0]

    def test_bad_format_is_caught(self):
        self.assertNotEqual(self.check("int f(void) { return 1; }\n"), 0)
        self.assertNotEqual(self.check("int f(void)\n{\n  return 1;\n}\n"), 0)

    def test_good_format_passes(self):
        self.assertEqual(self.check("int f(void)\n{\n    return 1;\n}\n"), 0)


class ClangTidy(unittest.TestCase):
    def check(self, text):
        return with_sample(".clang-tidy", text, "clang-tidy-19", "--quiet")

    def test_a_null_dereference_is_caught(self):
        code, said = self.check("int f(void);\nint f(void)\n{\n    int *p = 0;\n    return *p;\n}\n")
        self.assertIn("clang-analyzer-core.NullDereference", said)
        self.assertNotEqual(code, 0)

    def test_a_bugprone_line_is_caught(self):
        code, said = self.check("int f(int a);\nint f(int a)\n{\n    if (a);\n    {\n        a++;\n"
                                "    }\n    return a;\n}\n")
        self.assertIn("bugprone-suspicious-semicolon", said)
        self.assertNotEqual(code, 0)

    def test_a_long_function_is_caught(self):
        code, said = self.check(LONG)
        self.assertIn("readability-function-size", said)
        self.assertNotEqual(code, 0)

    def test_good_code_passes(self):
        code, said = self.check("int f(int a);\nint f(int a)\n{\n    return a + 1;\n}\n")
        self.assertEqual(code, 0, said)


class Counting(unittest.TestCase):
    def setUp(self):
        self.count = load_tool("test-run").count

    def test_forms(self):
        cases = [
            ("[  PASSED  ] 3 test(s).\n[  PASSED  ] 4 test(s).\n", True, (7, 0)),
            ("[  PASSED  ] 3 test(s).\n[  FAILED  ] 1 test(s), listed below:\n", False, (3, 1)),
            ("[  PASSED  ] 3 test(s).\n[  SKIPPED ] 2 test(s), listed below:\n", True, (3, 2)),
            ("......\nRan 6 tests in 0.1s\n\nOK\n", True, (6, 0)),
            ("Ran 6 tests in 0.1s\n\nFAILED (failures=1, errors=2)\n", False, (3, 3)),
            ("Ran 6 tests in 0.1s\n\nOK (skipped=2)\n", True, (4, 2)),
            ("\x1b[2m      Tests \x1b[22m \x1b[1m\x1b[32m12 passed\x1b[39m\x1b[22m (12)\n", True, (12, 0)),
            ("      Tests  1 failed | 11 passed (12)\n", False, (11, 1)),
            ("5 passed, 2 failed\n", False, (5, 2)),
            ("anything\n", True, (1, 0)),
            ("anything\n", False, (0, 1)),
            ("[  PASSED  ] 3 test(s).\nERROR: AddressSanitizer\n", False, (3, 1)),
        ]
        for output, succeeded, wanted in cases:
            with self.subTest(output=output):
                self.assertEqual(self.count(output, succeeded), wanted)


if __name__ == "__main__":
    unittest.main()
