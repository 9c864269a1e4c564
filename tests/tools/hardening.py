"""The programs of build/release are hardened as meson.build says: position-independent, full RELRO, no
executable stack, stack protector, FORTIFY, and CET on x86-64. Reads the programs with readelf and
objdump (binutils, which gcc brings along)."""
import os
import platform
import subprocess
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, "build/release")


def programs():
    found = []
    for base, _, files in os.walk(os.path.join(BUILD, "src")):
        found += [os.path.join(base, name) for name in files
                  if "." not in name and os.access(os.path.join(base, name), os.X_OK)]
    return found


def said(*argv):
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout


class Hardening(unittest.TestCase):
    def test_there_is_something_to_look_at(self):
        self.assertEqual({"jinnang", "jinnang-audit"}, {os.path.basename(path) for path in programs()})

    def test_each_program(self):
        for path in programs():
            with self.subTest(program=os.path.basename(path)):
                self.assertIn("DYN (Position-Independent", said("readelf", "-hW", path))
                segments = said("readelf", "-lW", path)
                self.assertIn("GNU_RELRO", segments)
                self.assertRegex(segments, r"GNU_STACK .* RW +0x")
                self.assertRegex(said("readelf", "-dW", path), r"FLAGS_1\).*NOW")
                symbols = said("readelf", "--dyn-syms", "-W", path)
                self.assertIn("__stack_chk_fail", symbols)
                self.assertRegex(symbols, r"__\w+printf_chk|__mem\w+_chk")
                if platform.machine() == "x86_64":
                    self.assertIn("endbr64", said("objdump", "-d", "--no-show-raw-insn", path))

    def test_assertions_are_in(self):
        for path in programs():
            self.assertIn("bug_report", said("readelf", "-sW", path))


if __name__ == "__main__":
    unittest.main()
