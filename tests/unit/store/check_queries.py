"""Every statement in sql/queries/ is understood by its database under today's schema, and gives as many
columns as it declares: a statement that no test happens to run cannot be wrong for long.

Usage: check_queries.py sqlite|postgres. Prints `N passed, N failed`."""
import os
import re
import secrets
import sqlite3
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
sys.path.insert(0, os.path.join(ROOT, "tools"))
import gen_migrations  # noqa: E402
import gen_queries  # noqa: E402

PG_TYPES = {"i64": "bigint", "text": "text", "blob": "bytea", "hash": "bytea"}


def all_queries():
    base = os.path.join(ROOT, "sql/queries")
    for module in sorted(os.listdir(base)):
        if os.path.isdir(os.path.join(base, module)):
            yield from gen_queries.load_module(module, os.path.join(base, module))


def check_sqlite(queries, migrations):
    """Yields (name, fault or None)."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    for migration in migrations:
        db.executescript(migration[2])
    # Stands in for the virtual table of src/store/sqlite_rows.c.
    db.execute("CREATE TABLE store_rows(%s)" % ",".join("c%d" % i for i in range(64)))
    for query in queries:
        if query.sqlite is None:
            continue
        # The set-based form of a batch takes its values from store_rows.
        values = [] if query.is_rows else [0] * len(query.params)
        try:
            db.execute("EXPLAIN " + query.sqlite, values)
            fault = None
            if re.match(r"\s*(SELECT|WITH)", query.sqlite, re.I):
                got = db.execute(query.sqlite, values).description
                if len(got) != len(query.columns):
                    fault = f"{len(got)} columns, {len(query.columns)} declared"
        except sqlite3.Error as error:
            fault = str(error)
        yield query.symbol, fault


def psql(url, text):
    done = subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", url], input=text, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.returncode == 0, done.stdout.strip()


def copy_fault(url, query):
    """Binary COPY wants the very types of the columns."""
    table, columns = re.match(r"COPY (\w+) \((.*)\) FROM STDIN", query.copy_postgres).groups()
    for column, (_, kind) in zip(columns.split(", "), query.params):
        good, said = psql(url, "\\pset tuples_only\n\\pset format unaligned\nSELECT format_type(atttypid, "
                          f"atttypmod) FROM pg_attribute WHERE attrelid = '{table}'::regclass "
                          f"AND attname = '{column}';")
        if not good or said != PG_TYPES[kind.rstrip("?")]:
            return f"{table}.{column} is {said}, not {PG_TYPES[kind.rstrip('?')]}"
    return None


def check_postgres(queries, migrations):
    server = os.environ["JN_TEST_PG_URL"]
    name = "jn" + secrets.token_hex(6)
    url = server[:server.rindex("/") + 1] + name
    good, said = psql(server, f"CREATE DATABASE {name}")
    if not good:
        raise SystemExit(said)
    try:
        good, said = psql(url, "\n".join(migration[3] for migration in migrations))
        if not good:
            raise SystemExit(said)
        for query in queries:
            if query.postgres is None:
                continue
            suffix = "[]" if query.kind == "batch" else ""
            types = ", ".join(PG_TYPES[kind.rstrip("?")] + suffix for _, kind in query.params)
            good, said = psql(url, f"PREPARE q{'(' + types + ')' if types else ''} AS {query.postgres};")
            yield query.symbol, None if good else said
            if query.copy_postgres is not None:
                yield query.symbol + " by COPY", copy_fault(url, query)
    finally:
        psql(server, f"DROP DATABASE {name}")


def main():
    migrations = gen_migrations.load(os.path.join(ROOT, "sql/migrations"))
    check = {"sqlite": check_sqlite, "postgres": check_postgres}[sys.argv[1]]
    passed = failed = 0
    for name, fault in check(list(all_queries()), migrations):
        if fault:
            failed += 1
            print(f"{name}: {fault}")
        else:
            passed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
