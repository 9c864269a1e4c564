"""Each rule of tools/tidy with a planted violation, which it must name at its line, and a clean sample
next to it, at which it must stay silent. The machine that runs this needs nothing but Python."""
import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TIDY = os.path.join(ROOT, "tools/tidy")
C = "/* x.c — a sample. */\n"  # the sample's code begins on line 2
LONG_BODY = "".join(f"    a += {n};\n" for n in range(71))

# rule, [(path, text)], path and line where it must be caught
PLANTED = [
    ("include-direction", [("src/ledger/x.c", C + '#include "api/api.h"\n')], "src/ledger/x.c", 2),
    ("include-direction", [("src/ledger/x.c", C + '#include "risk/risk.h"\n')], "src/ledger/x.c", 2),
    ("include-direction", [("src/pay/x.c", C + '#include "http/http.h"\n')], "src/pay/x.c", 2),
    ("include-direction", [("src/pay/x.c", C + '#include "notify/notify.h"\n')], "src/pay/x.c", 2),
    ("include-direction", [("src/notify/x.c", C + '#include "pay/pay.h"\n')], "src/notify/x.c", 2),
    ("include-direction", [("src/http/x.h", C + '#  include "ledger/ledger.h"\n')], "src/http/x.h", 2),
    ("include-direction", [("src/api/x.c", C + '#include "ledger/ledger_int.h"\n')], "src/api/x.c", 2),
    ("include-direction", [("src/audit/x.c", C + '#include "ledger/ledger.h"\n')], "src/audit/x.c", 2),
    ("include-direction", [("src/novel/x.c", C + "int novel_x(void);\n")], "src/novel/x.c", 1),
    ("library-header", [("src/ledger/x.c", C + "#include <sqlite3.h>\n")], "src/ledger/x.c", 2),
    ("library-header", [("src/api/x.c", C + "#include <libpq-fe.h>\n")], "src/api/x.c", 2),
    ("library-header", [("src/ledger/x.c", C + "#include <jansson.h>\n")], "src/ledger/x.c", 2),
    ("include-cycle", [("src/core/a.h", C + '#include "core/b.h"\n'),
                       ("src/core/b.h", C + '#include "core/c.h"\n'),
                       ("src/core/c.h", C + '#include "core/a.h"\n')], "src/core/a.h", 1),
    ("banned-call", [("src/core/x.c", C + "int f(const char *s)\n{\n    return atoi(s);\n}\n")],
     "src/core/x.c", 4),
    ("banned-call", [("tests/unit/x.c", C + "void f(char *d)\n{\n    strcpy (d, \"a\");\n}\n")],
     "tests/unit/x.c", 4),
    ("banned-call", [("src/core/x.c", C + "void f(void)\n{\n    assert(1);\n}\n")], "src/core/x.c", 4),
    ("mutable-global", [("src/core/x.c", C + "static int count;\n")], "src/core/x.c", 2),
    ("mutable-global", [("src/core/x.c", C + "int count = 3;\n")], "src/core/x.c", 2),
    ("mutable-global", [("src/core/x.c", C + "static const char *name = \"a\";\n")], "src/core/x.c", 2),
    ("mutable-global", [("src/core/x.c", C + "static struct { int a; } state;\n")], "src/core/x.c", 2),
    ("mutable-global", [("src/core/x.c", C + "static void (*hook)(int);\n")], "src/core/x.c", 2),
    ("mutable-global", [("src/core/x.c", C + "static _Thread_local char text[64];\n")],
     "src/core/x.c", 2),
    ("mutable-global", [("src/core/x.c", C + "int f(void)\n{\n    static int n = 0;\n    return ++n;\n}\n")],
     "src/core/x.c", 4),
    ("float-in-money", [("src/ledger/x.c", C + "int f(double amount);\n")], "src/ledger/x.c", 2),
    ("float-in-money", [("src/core/money.c", C + "static const float rate = 1;\n")],
     "src/core/money.c", 2),
    ("function-size", [("src/core/x.c", C + "int f(int a)\n{\n" + LONG_BODY + "    return a;\n}\n")],
     "src/core/x.c", 2),
    ("sql-in-c", [("src/ledger/x.c", C + "int f(void)\n{\n    return q(\"SELECT 1\");\n}\n")],
     "src/ledger/x.c", 4),
    ("sql-in-c", [("src/api/x.c", C + "int f(void)\n{\n    return q(\"COMMIT\");\n}\n")],
     "src/api/x.c", 4),
    ("sql-in-c", [("src/store/x.c", C + "int f(void)\n{\n    return q(\"DELETE FROM accounts\");\n}\n")],
     "src/store/x.c", 4),
    ("dead-query", [("sql/queries/ledger/account_get.sql", "-- Reads.\n-- kind: one\nSELECT 1\n"),
                    ("src/ledger/x.c", C + "int f(void)\n{\n    return q_ledger_account_put(1);\n}\n")],
     "sql/queries/ledger/account_get.sql", 1),
    ("file-size", [("src/core/x.c", C + "\n" * 800)], "src/core/x.c", 1),
    ("file-size", [("web/src/x.tsx", "// a page\n" * 801)], "web/src/x.tsx", 1),
    ("header-comment", [("src/core/x.c", "#include <stdio.h>\n")], "src/core/x.c", 1),
    ("header-comment", [("tools/gen", "#!/usr/bin/env python3\nimport os\n")], "tools/gen", 1),
    ("header-comment", [("sql/migrations/0001_a.sql", "CREATE TABLE a (b INTEGER);\n")],
     "sql/migrations/0001_a.sql", 1),
    ("unfinished", [("src/core/x.c", C + "/* TO" "DO: later */\n")], "src/core/x.c", 2),
    ("unfinished", [("web/src/x.ts", "// x\nthrow 'not impl" "emented'\n")], "web/src/x.ts", 2),
    ("machine-path", [("docs/x.md", "# A\nsee /ho" "me/ann/jinnang\n")], "docs/x.md", 2),
    ("machine-path", [("tools/x.py", '"""x"""\nP = "/wo' 'rk/x"\n')], "tools/x.py", 2),
    ("registry-host", [("web/package-lock.json", '{\n"resolved": "https' '://registry.example/a.tgz"\n}\n')],
     "web/package-lock.json", 2),
    ("registry-host", [("web/.npmrc", "registry" "=https://registry.example/\n")], "web/.npmrc", 1),
]

CLEAN = [
    ("src/core/a.h", "/* a.h — a sample. */\n#include <stdio.h>\n"),
    ("src/ledger/a.c", C + '#include "ledger/ledger_int.h"\n#include "store/store.h"\n#include "q_ledger.h"\n'),
    ("src/api/a.c", C + '#include "http/http.h"\n#include "ledger/ledger.h"\n#include <jansson.h>\n'),
    ("src/main/a.c", C + '#include "notify/notify.h"\n/* #include <sqlite3.h> */\n'),
    ("src/store/a.c", C + '#include <sqlite3.h>\nint f(void)\n{\n    return x("BEGIN IMMEDIATE");\n}\n'),
    ("src/core/b.c", C + "\n".join([
        "struct node;", "struct node {", "    int a;", "};", "enum kind { KIND_A = 1, KIND_B = 2 };",
        "typedef int (*callback)(void *arg);",
        "static const int table[] = {1, 2, 3};",
        "static const char *const names[] = {\"Select a kind\", \"b\"};",
        "static const struct node nodes[] = {{.a = 1}, {.a = 2}};",
        "JN_MUST_USE int node_count(const struct node *node, int (*each)(int));",
        "static int helper(void);", "extern const int shared;",
        "_Static_assert(sizeof(int) == 4, \"int\");",
        "static int helper(void)", "{", "    static const char digits[] = \"0123\";",
        "    struct node local = {.a = 1};", "    return local.a + digits[0] + my_atoi(\"strcpy(\");", "}",
        "/* the words double, atoi(x) and static int count; in a comment */", ""])),
    ("src/core/c.c", C + "int f(int a)\n{\n" + LONG_BODY[: LONG_BODY.index("68;") + 4] + "}\n"),
    ("src/core/d.c", C + "/* tidy: allow mutable-global: set once before the threads start */\nstatic int level;\n"),
    ("src/ledger/e.c", C + "int f(void)\n{\n    return q_ledger_account_get(1);\n}\n"),
    ("sql/queries/ledger/account_get.sql", "-- Reads.\n-- kind: one\nSELECT 1\n"),
    ("docs/x.md", "# Words\nA file under src/core/ or /etc/os-release or ~/notes/x is fine. " "TO" "DO lists too.\n"),
    ("web/package-lock.json", '{\n"node_modules/a": {"version": "1.0.0"}\n}\n'),
]


def run_tidy(files):
    """{(rule, path, line)} of what tools/tidy says about a tree of these files."""
    with tempfile.TemporaryDirectory() as root:
        for path, text in files:
            full = os.path.join(root, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8") as file:
                file.write(text)
        done = subprocess.run([sys.executable, TIDY, "--root", root], capture_output=True, text=True,
                              check=False)
    found = set()
    for line in done.stdout.splitlines():
        parts = line.split(":", 3)
        if len(parts) == 4:
            found.add((parts[2].strip(), parts[0], int(parts[1])))
    return done.returncode, found, done.stdout + done.stderr


class Tidy(unittest.TestCase):
    def test_planted_violations_are_caught(self):
        for name, files, path, line in PLANTED:
            with self.subTest(rule=name, text=files[0][1][-60:]):
                code, found, said = run_tidy(files)
                self.assertEqual(code, 1, said)
                self.assertEqual(found, {(name, path, line)}, said)

    def test_clean_sample_is_clean(self):
        code, found, said = run_tidy(CLEAN)
        self.assertEqual((code, found), (0, set()), said)

    def test_every_rule_is_planted(self):
        said = subprocess.run([sys.executable, TIDY, "--rules"], capture_output=True, text=True,
                              check=True).stdout
        rules = {line.split()[0] for line in said.splitlines()}
        self.assertEqual(rules, {name for name, _, _, _ in PLANTED})

    def test_excuse_needs_a_reason(self):
        bare = C + "/* tidy: allow mutable-global: */\nstatic int level;\n"
        self.assertEqual(run_tidy([("src/core/x.c", bare)])[0], 1)
        other = C + "/* tidy: allow banned-call: a reason of length */\nstatic int level;\n"
        self.assertEqual(run_tidy([("src/core/x.c", other)])[0], 1)


if __name__ == "__main__":
    unittest.main()
