"""What tools/gen_queries.py makes of a statement, and what it refuses: each row is one file with one
fault and the message that must come back."""
import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TOOL = os.path.join(ROOT, "tools/gen_queries.py")
sys.path.insert(0, os.path.join(ROOT, "tools"))
import gen_migrations  # noqa: E402

GOOD = """-- Why.
-- kind: one
-- param: id i64
-- column: label text?
SELECT label FROM things WHERE id = $id AND note = '$5; -- no' -- $told
"""
BATCH = """-- Why.
-- kind: batch
-- param: id i64
-- param: digest hash?
INSERT INTO things (digest, id) VALUES ($digest, $id) ON CONFLICT DO NOTHING
"""

# (what it is made from, text, what replaces it, what the refusal says)
REFUSED = [
    (GOOD, "-- kind: one\n", "", "kind is missing"),
    (GOOD, "kind: one", "kind: maybe", "kind must be"),
    (GOOD, "-- kind: one\n", "-- kind: one\n-- kind: one\n", "kind must be given once"),
    (GOOD, "-- kind: one", "-- sort: one", 'unknown key "sort"'),
    (GOOD, "-- Why.\n", "", "does not say why"),
    (GOOD, "id i64", "id int", "with a type of"),
    (GOOD, "id i64", "Id i64", "with a type of"),
    (GOOD, "-- param: id i64", "-- param: id i64\n-- param: id i64", "declared twice"),
    (GOOD, "-- param: id i64", "-- param: id i64\n-- param: other i64", "other is declared but not"),
    (GOOD, "-- param: id i64\n", "", "$id is not declared"),
    (GOOD, "$id", "$1", "written $name"),
    (GOOD, "$id", ":id", "written $name"),
    (GOOD, "$id", "?1", "written $name"),
    (GOOD, "SELECT label", "SELECT *", "SELECT * is banned"),
    (GOOD, "SELECT label", "SELECT things.*", "SELECT * is banned"),
    (GOOD, "SELECT label", "DELETE FROM things; SELECT label", "more than one statement"),
    (GOOD, "-- column: label text?\n", "", "needs columns"),
    (GOOD, "kind: one", "kind: exec", "exec has no columns"),
    (GOOD, "kind: one", "kind: batch", "needs x.pg.sql"),
    (GOOD, "-- kind: one", "-- kind: one\n-- only: oracle", "sqlite or postgres"),
    (BATCH, "VALUES ($digest, $id)", "VALUES ($digest, $id + 1)", "needs x.pg.sql"),
    (BATCH, "-- param: id i64\n-- param: digest hash?\n", "", "needs parameters"),
]
COPY = """-- Why.
-- kind: batch
-- copy: postgres
-- param: id i64
-- param: digest hash?
INSERT INTO things (
    number, digest)
VALUES ($id, $digest)
"""
REFUSED += [
    (COPY, "copy: postgres", "copy: sqlite", "copy must be given once"),
    (COPY, "($id, $digest)", "($id, $digest) ON CONFLICT DO NOTHING", "plain INSERT"),
    (COPY, "kind: batch", "kind: exec", "copy needs a batch"),
    (COPY, "digest)\nVALUES ($id, $digest)", "digest)\nVALUES ($digest, $id)", "order of VALUES"),
    (COPY, "-- kind: batch", "-- kind: batch\n-- only: sqlite", "copy is for PostgreSQL"),
]


def run(files):
    with tempfile.TemporaryDirectory() as directory:
        source, out = os.path.join(directory, "sql"), os.path.join(directory, "out")
        os.mkdir(source)
        os.mkdir(out)
        for name, text in files.items():
            with open(os.path.join(source, name), "w", encoding="utf-8") as file:
                file.write(text)
        done = subprocess.run([sys.executable, TOOL, "--module", "t", "--dir", source, "--out", out],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        made = ""
        if done.returncode == 0:
            for name in ("q_t.h", "q_t.c"):
                with open(os.path.join(out, name), encoding="utf-8") as file:
                    made += file.read()
        return done.returncode, done.stdout, made


class Refusals(unittest.TestCase):
    def test_each_fault_is_named(self):
        for base, old, new, says in REFUSED:
            with self.subTest(says=says, new=new):
                self.assertIn(old, base)
                code, said, _ = run({"x.sql": base.replace(old, new, 1)})
                self.assertEqual(code, 1)
                self.assertIn(says, said)
                self.assertIn("x.sql", said)

    def test_a_directory_without_statements(self):
        self.assertIn("holds no statement", run({})[1])

    def test_a_second_file_without_a_first(self):
        self.assertIn("has no y.sql", run({"x.sql": GOOD, "y.pg.sql": "SELECT 1\n"})[1])

    def test_a_second_file_that_says_the_same(self):
        text = GOOD.split("\n", 4)[4]
        self.assertIn("delete it", run({"x.sql": GOOD, "x.pg.sql": "-- Why.\n" + text})[1])

    def test_keys_in_the_second_file(self):
        self.assertIn("keys belong", run({"x.sql": GOOD, "x.pg.sql": GOOD})[1])

    def test_a_second_file_beside_only(self):
        text = GOOD.replace("-- kind: one", "-- kind: one\n-- only: sqlite")
        self.assertIn("contradict", run({"x.sql": text, "x.pg.sql": "SELECT $id\n"})[1])

    def test_other_files(self):
        self.assertIn("only .sql", run({"x.sql": GOOD, "notes.txt": "hi"})[1])


class Output(unittest.TestCase):
    def test_parameters_are_numbered_and_strings_left_alone(self):
        code, said, made = run({"x.sql": GOOD})
        self.assertEqual((code, said), (0, ""))
        self.assertIn("WHERE id = ?1 AND note = '$5; -- no'\"", made)
        self.assertIn("WHERE id = $1 AND note = '$5; -- no'\"", made)
        self.assertNotIn("told", made)

    def test_a_batch_gets_both_set_based_forms(self):
        _, said, made = run({"x.sql": BATCH})
        self.assertEqual(said, "")
        self.assertIn("SELECT c1, c0 FROM store_rows WHERE true ON CONFLICT DO NOTHING", made)
        self.assertIn("unnest($2::bytea[], $1::bigint[])", made)
        self.assertIn("q_t_x_batch(struct store_tx *tx, const struct q_t_x_in *rows, size_t count",
                      made)

    def test_a_batch_may_be_copied(self):
        _, said, made = run({"x.sql": COPY})
        self.assertEqual(said, "")
        self.assertIn('.copy_postgres = "COPY things (number, digest) FROM STDIN (FORMAT binary)"', made)
        self.assertIn("unnest($1::bigint[], $2::bytea[])", made)

    def test_a_statement_for_one_database(self):
        made = run({"x.sql": GOOD.replace("-- kind: one", "-- kind: one\n-- only: postgres")})[2]
        self.assertIn(".sql_postgres", made)
        self.assertNotIn(".sql_sqlite", made)


class Migrations(unittest.TestCase):
    def load(self, files):
        with tempfile.TemporaryDirectory() as directory:
            for name, text in files.items():
                with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
                    file.write(text)
            return gen_migrations.load(directory)

    def test_words_are_translated(self):
        found = self.load({"0001_a.sql": "CREATE TABLE t (a INTEGER, b BLOB) STRICT, WITHOUT ROWID;\n"})
        self.assertEqual(found[0][3], "CREATE TABLE t (a BIGINT, b BYTEA);\n")

    def test_postgres_may_have_its_own(self):
        found = self.load({"0001_a.sql": "x", "0001_a.pg.sql": "y", "0004_b.sql": "z"})
        self.assertEqual([(f[0], f[2], f[3]) for f in found], [(1, "x", "y"), (4, "z", "z")])

    def test_faults(self):
        for files, says in [({}, "no migrations"),
                            ({"1_a.sql": ""}, "not named"),
                            ({"0001_a.sql": "", "0001_b.sql": ""}, "is taken"),
                            ({"0001_a.pg.sql": ""}, "no .sql file")]:
            with self.subTest(says=says):
                with self.assertRaisesRegex(ValueError, says):
                    self.load(files)


if __name__ == "__main__":
    unittest.main()
