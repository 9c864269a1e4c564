"""What `make check` runs for a change."""
import importlib.machinery
import importlib.util
import os
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
LOADER = importlib.machinery.SourceFileLoader("test_run", os.path.join(ROOT, "tools/test-run"))
SPEC = importlib.util.spec_from_loader("test_run", LOADER)
test_run = importlib.util.module_from_spec(SPEC)
LOADER.exec_module(test_run)
STEPS = {step.name: step for step in test_run.STEPS}


def worth(step, name, *changed):
    return test_run.worth_now(name, STEPS[step], list(changed))


class Changed(unittest.TestCase):
    def test_unit_tests_of_the_changed_module(self):
        self.assertTrue(worth("unit", "ledger_rules", "src/ledger/ledger_rules.c"))
        self.assertFalse(worth("unit", "http_parse", "src/ledger/ledger_rules.c"))
        self.assertTrue(worth("unit", "identity_vault_sqlite", "sql/queries/identity/vault_key_get.sql"))
        self.assertTrue(worth("unit", "http_parse", "tests/unit/http/test_parse.c", "docs/http.md"))

    def test_what_all_rest_on_is_tried_with_all(self):
        for path in ("src/core/buf.c", "src/store/store.h", "sql/migrations/0001_ledger.sql",
                     "tests/support/test_db.c"):
            self.assertTrue(worth("unit", "http_parse", path), path)

    def test_postgresql_where_the_change_is_about_it(self):
        self.assertFalse(worth("contract", "contract_postgres", "src/api/whoami_get.c"))
        self.assertTrue(worth("contract", "contract_sqlite", "src/api/whoami_get.c"))
        for path in ("src/ledger/ledger_write_pg.c", "sql/queries/ledger/totals.pg.sql", "src/store/lane.c",
                     "tests/unit/store/test_outcome_postgres.c"):
            self.assertTrue(worth("contract", "contract_postgres", path), path)

    def test_every_source_touches_a_step(self):
        for path in ("src/policy/pack.c", "packs/cn.yaml", "api/openapi.yaml", "web/src/wallet/app.tsx"):
            self.assertTrue(any(path.startswith(step.touched_by) for step in test_run.STEPS
                                if not step.always), path)


if __name__ == "__main__":
    unittest.main()
