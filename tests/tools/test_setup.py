"""tools/setup against a pretended machine: what it installs, what it refuses, and that it does nothing
when nothing is missing. dpkg-query, apt-get, apt-cache, id, node and npm are stand-ins; nothing is
installed."""
import os
import shutil
import subprocess
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
REAL = ["bash", "dirname", "sed", "tr", "awk", "grep", "cat", "mkdir", "env", "tail", "uname", "rm",
        "head", "cut", "mv", "ln", "chmod"]
ALL = subprocess.run([os.path.join(ROOT, "tools/setup"), "list"], capture_output=True, text=True,
                     check=True).stdout.split()
INSTALLED = [name.split("|")[0] for name in ALL]


class Machine:
    """A directory with a copy of tools/setup and a bin/ that is the whole PATH."""

    def __init__(self, installed, uid=0, node="v20.20.2", release="ID=debian\nVERSION_ID=12\n",
                 sudo=False, available=None):
        self.dir = tempfile.mkdtemp(prefix="jn-setup-")
        self.bin = os.path.join(self.dir, "bin")
        os.makedirs(self.bin)
        os.makedirs(os.path.join(self.dir, "tools"))
        shutil.copy(os.path.join(ROOT, "tools/setup"), os.path.join(self.dir, "tools/setup"))
        for name in REAL:
            os.symlink(shutil.which(name), os.path.join(self.bin, name))
        self.release = os.path.join(self.dir, "os-release")
        with open(self.release, "w", encoding="ascii") as file:
            file.write(release)
        known = "|".join(available if available is not None else [n for a in ALL for n in a.split("|")])
        self.tool("dpkg-query", "\n".join(f"echo 'ii {name}'" for name in installed) + "\necho 'rc oldpackage'")
        self.tool("apt-get", f'echo "$@" >>{self.dir}/asked\n'
                  'echo "0 upgraded, 2 newly installed, 0 to remove"\necho "Setting up x"\necho "Setting up y"')
        self.tool("apt-cache", f'case "$2" in {known or "-"}) echo "  Candidate: 1.0" ;; *) echo "  Candidate: (none)" ;; esac')
        self.tool("id", f"echo {uid}")
        if node:
            self.tool("node", f"echo {node}")
            self.tool("npm", f'echo npm "$@" >>{self.dir}/asked; exit 1')
        if sudo:
            self.tool("sudo", '[ "$1" != -v ] || exit 0\n[ "$1" != -- ] || shift\nexec "$@"')

    def tool(self, name, text):
        path = os.path.join(self.bin, name)
        with open(path, "w", encoding="ascii") as file:
            file.write(f"#!/bin/bash\n{text}\n")
        os.chmod(path, 0o755)

    def setup(self, what="test", **env):
        done = subprocess.run([os.path.join(self.dir, "tools/setup"), what], capture_output=True, text=True,
                              env={"PATH": self.bin, "JN_OS_RELEASE": self.release, **env}, check=False)
        return done.returncode, done.stdout + done.stderr

    def asked(self):
        path = os.path.join(self.dir, "asked")
        if not os.path.exists(path):
            return ""
        with open(path, encoding="ascii") as file:
            return file.read()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.dir)


class Setup(unittest.TestCase):
    def test_nothing_missing_asks_nobody(self):
        with Machine(INSTALLED) as machine:
            self.assertEqual(machine.setup(), (0, ""))
            self.assertEqual(machine.asked(), "")

    def test_installs_what_is_missing_and_no_more(self):
        with Machine([name for name in INSTALLED if name not in ("hledger", "chromium")]) as machine:
            code, said = machine.setup()
            self.assertEqual(code, 0, said)
            self.assertIn("installing 2 packages and what they depend on: hledger chromium", said)
            self.assertIn("2 of 2 packages set up", said)
            self.assertRegex(machine.asked(), r"update\n.*install --no-install-recommends hledger chromium\n$")

    def test_run_needs_less_than_test(self):
        with Machine([name for name in INSTALLED if name != "hledger"]) as machine:
            self.assertEqual(machine.setup("run"), (0, ""))

    def test_removed_package_counts_as_missing(self):
        with Machine([name for name in INSTALLED if name != "hledger"]) as machine:
            machine.tool("dpkg-query", "\n".join(f"echo 'ii {n}'" for n in INSTALLED if n != "hledger")
                         + "\necho 'rc hledger'")
            self.assertIn("hledger", machine.setup()[1])

    def test_another_version_of_an_alternative_will_do(self):
        others = [name for name in INSTALLED if not name.startswith("postgresql")]
        with Machine(others + ["postgresql-16"]) as machine:
            self.assertEqual(machine.setup(), (0, ""))
        with Machine(others, available=["postgresql-16"]) as machine:
            self.assertEqual(machine.setup()[0], 0)
            self.assertIn("install --no-install-recommends postgresql-16\n", machine.asked())

    def test_ordinary_user_goes_through_sudo(self):
        with Machine(INSTALLED[1:], uid=1000, sudo=True) as machine:
            code, said = machine.setup()
            self.assertEqual(code, 0, said)
            self.assertIn("sudo may ask for your password", said)

    def test_ordinary_user_without_sudo_is_told_what_to_ask_for(self):
        with Machine(INSTALLED[1:], uid=1000) as machine:
            code, said = machine.setup()
            self.assertEqual(code, 1)
            self.assertIn(f"apt-get install {INSTALLED[0]}", said)
            self.assertEqual(machine.asked(), "")

    def test_unsupported_systems_are_refused(self):
        for release in ("ID=fedora\nVERSION_ID=40\nPRETTY_NAME='Fedora 40'\n", "ID=debian\nVERSION_ID=11\n",
                        "ID=ubuntu\nVERSION_ID=22.04\n"):
            with Machine([], release=release) as machine:
                code, said = machine.setup()
                self.assertEqual(code, 1)
                self.assertIn("Debian 12, Ubuntu 24.04 or newer is needed", said)
                self.assertIn("JN_SKIP_SETUP=1", said)
                self.assertEqual(machine.asked(), "")
                self.assertEqual(machine.setup(JN_SKIP_SETUP="1"), (0, ""))

    def test_package_the_system_does_not_offer(self):
        with Machine([n for n in INSTALLED if n != "clang-19"], available=[]) as machine:
            code, said = machine.setup()
            self.assertEqual(code, 1)
            self.assertIn("no package clang-19 in this system's sources", said)

    def test_old_node_is_replaced(self):
        for version, wanted in (("v18.19.0", True), ("v20.18.3", True), ("v20.19.0", False), ("v22.1.0", False)):
            with self.subTest(node=version), Machine(INSTALLED, node=version) as machine:
                code, said = machine.setup()
                self.assertEqual("npm pack" in machine.asked(), wanted, said)
                self.assertEqual(code, 1 if wanted else 0, said)  # the stand-in for npm has no packages
                self.assertEqual("npm could not fetch" in said, wanted, said)


if __name__ == "__main__":
    unittest.main()
