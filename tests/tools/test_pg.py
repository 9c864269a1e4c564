"""tools/test-pg: a server that answers, that goes away with its command, and that never shares."""
import os
import subprocess
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TEST_PG = os.path.join(ROOT, "tools/test-pg")
ASK = 'psql "$JN_TEST_PG_URL" -Atc "SELECT current_setting(\'data_directory\'), current_setting(\'fsync\')"'


def run(*argv):
    return subprocess.run([TEST_PG, *argv], capture_output=True, text=True, check=False)


class TestPg(unittest.TestCase):
    def test_run_answers_and_cleans_up(self):
        done = run("run", "--", "sh", "-c", ASK)
        self.assertEqual(done.returncode, 0, done.stderr)
        directory, fsync = done.stdout.strip().split("|")
        self.assertEqual(fsync, "on")
        self.assertFalse(os.path.exists(directory))

    def test_run_returns_the_status_of_its_command(self):
        self.assertEqual(run("run", "--no-fsync", "--", "sh", "-c", "exit 7").returncode, 7)
        self.assertEqual(run("run", "--", "/nonexistent/program").returncode, 2)

    def test_a_dedicated_server_is_as_durable(self):
        done = run("run", "--dedicated", "--", "sh", "-c", 'psql "$JN_TEST_PG_URL" -Atc "SELECT name, setting '
                   'FROM pg_settings WHERE name IN (\'fsync\', \'full_page_writes\', \'max_wal_size\', '
                   '\'synchronous_commit\') ORDER BY name"')
        self.assertEqual(done.stdout.split(), ["fsync|on", "full_page_writes|on", "max_wal_size|8192",
                                               "synchronous_commit|on"], done.stderr)

    def test_two_at_once_are_two(self):
        starts = [subprocess.Popen([TEST_PG, "run", "--no-fsync", "--", "sh", "-c", ASK],
                                   stdout=subprocess.PIPE, text=True) for _ in range(2)]
        said = [process.communicate()[0] for process in starts]
        self.assertNotEqual(said[0], said[1])
        self.assertTrue(all(text.endswith("|off\n") for text in said), said)

    def test_start_and_stop(self):
        with tempfile.TemporaryDirectory() as base:
            os.chmod(base, 0o755)
            directory = os.path.join(base, "pg")
            done = run("start", "--no-fsync", directory)
            try:
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertRegex(done.stdout, r"^postgres://jinnang:\w+@127\.0\.0\.1:\d+/jinnang\n$")
                again = run("start", directory)
                self.assertEqual(again.returncode, 2)
                self.assertIn("exists already", again.stderr)
            finally:
                self.assertEqual(run("stop", directory).returncode, 0)
            self.assertFalse(os.path.exists(directory))


if __name__ == "__main__":
    unittest.main()
