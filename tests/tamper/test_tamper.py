#!/usr/bin/env python3
"""The tamper suite: test_tamper.py sqlite|postgres BUILD_LEDGER JINNANG_AUDIT

A ledger with everything in it is made through the real engine. Then, each on a copy, every column of
every ledger table is changed once, rows are deleted, doubled and exchanged, and the auditor must
name the row that was changed, and nothing else. Columns come from the schema itself, so that a new
one cannot be forgotten. At last each of the auditor's checks is left out in turn: a case that only
this check can see must then pass unnoticed, which shows that the check does something.
"""
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

import forge as forger

ROUNDS = '60'
TABLES = ['accounts', 'transfers', 'entries', 'transfer_failures', 'holds', 'account_marks',
          'log_segments', 'log_tiles', 'log_state', 'log_checkpoints', 'log_cosignatures',
          'log_epochs', 'log_keys']

# Rows whose change, deletion or doubling nothing can show, and why.
UNPROVABLE_DELETE = {
    'transfer_failures': 'ids that failed are not leaves of the log',
    'log_checkpoints': 'old ones are thinned out',
    'log_cosignatures': 'a witness\'s signature is a gift',
}


# --- the two databases ----------------------------------------------------------------------------

class Sqlite:
    def __init__(self, built):
        self.directory = tempfile.mkdtemp(prefix='jn-tamper-')
        self.base = os.path.join(self.directory, 'base.db')
        source = sqlite3.connect(built['path'])
        target = sqlite3.connect(self.base)
        source.backup(target)
        source.close()
        target.close()
        self.path = os.path.join(self.directory, 'copy.db')
        self.url = 'sqlite:' + self.path

    def fresh(self):
        for suffix in ('', '-wal', '-shm'):
            if os.path.exists(self.path + suffix):
                os.remove(self.path + suffix)
        shutil.copyfile(self.base, self.path)

    def tables(self):
        return [r[0] for r in self.ask("SELECT name FROM sqlite_master WHERE type = 'table'")]

    def columns(self, table):
        """[(name, type, position in the primary key or 0)]"""
        return [(r[1], r[2], r[5]) for r in self.ask('PRAGMA table_info(%s)' % table)]

    def ask(self, sql):
        con = sqlite3.connect(self.base)
        rows = con.execute(sql).fetchall()
        con.close()
        return rows

    def run(self, statements):
        """False when the schema itself refuses."""
        con = sqlite3.connect(self.path)
        try:
            for sql in statements:
                con.execute(sql)
            con.commit()
            return True
        except sqlite3.IntegrityError:
            return False
        finally:
            con.close()

    def flip(self, column):
        """The blob with its first byte changed."""
        return ("CASE WHEN substr(hex(%s), 1, 2) = '00' THEN x'01' ELSE x'00' END || substr(%s, 2)"
                % (column, column))

    def as_blob(self, sql):
        return 'CAST(%s AS BLOB)' % sql

    def close(self):
        shutil.rmtree(self.directory)


class Postgres:
    def __init__(self, built):
        self.base = built['name']
        self.server = built['url'].rsplit('/', 1)[0]
        self.copy = self.base + 'copy'
        self.url = self.server + '/' + self.copy
        self.psql(self.server + '/' + self.base,
                  ['SELECT 1'])  # fails early when the client is missing

    def psql(self, url, statements, check=True):
        done = subprocess.run(['psql', url, '-AtqX', '-F', '\x1f', '-v', 'ON_ERROR_STOP=1'],
                              input=';\n'.join(statements) + ';\n', text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode != 0 and check:
            sys.exit('psql: ' + done.stderr)
        return done

    def fresh(self):
        self.psql(self.server + '/jinnang',
                  ['DROP DATABASE IF EXISTS "%s"' % self.copy,
                   'CREATE DATABASE "%s" TEMPLATE "%s"' % (self.copy, self.base)])

    def ask(self, sql):
        out = self.psql(self.server + '/' + self.base, [sql]).stdout
        rows = []
        for line in out.splitlines():
            rows.append([int(f) if f.lstrip('-').isdigit() else f for f in line.split('\x1f')])
        return rows

    def tables(self):
        return [r[0] for r in self.ask(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")]

    def columns(self, table):
        keys = [r[0] for r in self.ask(
            "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid "
            "AND a.attnum = ANY(i.indkey) WHERE i.indrelid = '%s'::regclass AND i.indisprimary "
            "ORDER BY array_position(i.indkey::int2[], a.attnum)" % table)]
        rows = self.ask("SELECT column_name, data_type FROM information_schema.columns "
                        "WHERE table_schema = 'public' AND table_name = '%s' "
                        "ORDER BY ordinal_position" % table)
        types = {'bigint': 'INTEGER', 'bytea': 'BLOB', 'text': 'TEXT'}
        return [(r[0], types[r[1]], keys.index(r[0]) + 1 if r[0] in keys else 0) for r in rows]

    def run(self, statements):
        done = self.psql(self.url, ['BEGIN'] + statements + ['COMMIT'], check=False)
        if done.returncode != 0:
            if 'violates' in done.stderr:
                return False
            sys.exit('psql: ' + done.stderr)
        return True

    def flip(self, column):
        return 'set_byte(%s, 0, (get_byte(%s, 0) + 1) %% 256)' % (column, column)

    def as_blob(self, sql):
        return sql

    def close(self):
        self.psql(self.server + '/jinnang', ['DROP DATABASE IF EXISTS "%s"' % self.copy])


# --- one case ----------------------------------------------------------------------------------------

class Suite:
    def __init__(self, db, audit, witness):
        self.db, self.audit_path = db, audit
        self.failures, self.cases, self.refused = [], [], 0
        self.key_file = tempfile.NamedTemporaryFile('w', suffix='.keys')
        self.key_file.write(witness + '\n')
        self.key_file.flush()

    def audit(self, without=()):
        command = [self.audit_path, '--db', self.db.url, '--json', '--key', self.key_file.name]
        for name in without:
            command += ['--without', name]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              timeout=120)
        if done.returncode not in (0, 1):
            return {'ok': False, 'crash': '%s %s' % (done.returncode, done.stderr), 'findings': []}
        report = json.loads(done.stdout)
        assert (done.returncode == 0) == report['ok']
        return report

    def case(self, name, statements, rows, column=None, after=None):
        """rows: {(table, key)}; at least one must be named, and no other. `after` changes more."""
        self.db.fresh()
        if not self.db.run(statements):
            self.refused += 1
            return
        if after:
            rows = rows | {('transfers', str(i)) for i in after()}
        report = self.audit()
        named = {(f['table'], f['key']) for f in report['findings']}
        columns = {f['column'] for f in report['findings'] if f['column']}
        problem = None
        if 'crash' in report:
            problem = 'the auditor crashed: ' + report['crash']
        elif not named & rows:
            problem = 'not named'
        elif named - rows:
            problem = 'also named %s' % sorted(named - rows)
        elif column and columns and not any(c == column or c.endswith('_' + column)
                                            for c in columns):
            problem = 'another column was named: %s' % sorted(columns)
        self.cases.append((name, statements, {f['check'] for f in report['findings']}, after))
        if problem:
            self.failures.append('%s: %s\n    %s' % (
                name, problem, '\n    '.join('%s %s %s: %s' % (
                    f['table'], f['key'], f['column'], f['cause']) for f in report['findings'])))


def key_text(values):
    # log_cosignatures has a name as the third part of its key: two numbers are enough to find it
    return ','.join(str(v) for v in values if not isinstance(v, str))


def where(keys, values):
    return ' AND '.join("%s = %s" % (k, "'%s'" % v if isinstance(v, str) else v)
                        for k, v in zip(keys, values))


# Which row of a table to change: one that can be judged by itself, in a segment of several leaves.
PICK = {
    'transfers': 'segment_id IN (SELECT segment_id FROM log_segments WHERE leaf_count = 3)',
    'log_segments': 'leaf_count = 3',
    'log_keys': 'key_number = 2',
    'holds': 'state = 1',
    'accounts': 'seq > 0',
}


def pick_rows(db, table, keys):
    """A row in the middle, and the last. On PostgreSQL, where each case costs a copy of the database,
    the last one only where it waits for the sealer."""
    condition = PICK.get(table, '1 = 1')
    rows = db.ask('SELECT %s FROM %s WHERE %s ORDER BY %s' % (', '.join(keys), table, condition,
                                                           ', '.join(keys)))
    rows = [tuple(r) for r in rows]
    if not rows:
        sys.exit('there is no row in %s to change' % table)
    chosen = {rows[len(rows) // 2]}
    if isinstance(db, Sqlite) or table in ('log_segments', 'transfers'):
        chosen.add(rows[-1])
    return sorted(chosen)


def changed(db, table, column, kind, sealed):
    if kind == 'INTEGER':
        if column == 'resolved_by':
            return 'coalesce(resolved_by, 0) + 1'
        if column == 'valid_until_us':
            return 'coalesce(valid_until_us, 0) + 1'
        if column == 'first_index':
            return 'coalesce(first_index, 0) + 1'
        return '%s + 1' % column
    if kind == 'TEXT':
        return "coalesce('x' || substr(%s, 2), 'x')" % column
    if column in ('commitment', 'leaf_hashes'):
        zeros = "zeroblob(32)" if isinstance(db, Sqlite) else "decode(repeat('00', 32), 'hex')"
        return 'CASE WHEN %s IS NULL THEN %s ELSE %s END' % (
            column, zeros, db.as_blob(db.flip(column)))
    return db.as_blob(db.flip(column))


def change_columns(suite, db, tables):
    for table in tables:
        columns = db.columns(table)
        keys = [c[0] for c in sorted((c for c in columns if c[2]), key=lambda c: c[2])]
        for values in pick_rows(db, table, keys):
            for column, kind, position in columns:
                new = changed(db, table, column, kind, values)
                rows = {(table, key_text(values))}
                if position:
                    old = values[position - 1]
                    after = list(values)
                    after[position - 1] = old + 1 if isinstance(old, int) else old
                    rows.add((table, key_text(after)))
                suite.case('%s.%s of %s' % (table, column, key_text(values)),
                           ['UPDATE %s SET %s = %s WHERE %s' % (table, column, new,
                                                                where(keys, values))],
                           rows, None if position else column)


def delete_rows(suite, db, tables):
    for table in tables:
        columns = db.columns(table)
        keys = [c[0] for c in sorted((c for c in columns if c[2]), key=lambda c: c[2])]
        if table in UNPROVABLE_DELETE:
            continue
        for values in pick_rows(db, table, keys):
            rows = {(table, key_text(values))}
            suite.case('delete %s %s' % (table, key_text(values)),
                       ['DELETE FROM %s WHERE %s' % (table, where(keys, values))], rows)


def double_rows(suite, db, tables):
    for table in tables:
        columns = db.columns(table)
        keys = [c[0] for c in sorted((c for c in columns if c[2]), key=lambda c: c[2])]
        if table in ('log_state', 'log_epochs'):
            continue  # one row only; a further epoch is what a restore writes
        values = pick_rows(db, table, keys)[0]
        number = next(i for i in range(len(keys) - 1, -1, -1) if isinstance(values[i], int))
        after = list(values)
        after[number] = values[number] + 7
        selected = []
        for column, _, position in columns:
            if position and keys[number] == column:
                selected.append('%s + 7' % column)
            elif column == 'first_index':
                selected.append('(SELECT max(first_index + leaf_count) FROM log_segments)')
            else:
                selected.append(column)
        suite.case('double %s %s' % (table, key_text(values)),
                   ['INSERT INTO %s (%s) SELECT %s FROM %s WHERE %s' % (
                       table, ', '.join(c[0] for c in columns), ', '.join(selected), table,
                       where(keys, values))],
                   {(table, key_text(after))})


def exchange(suite, db):
    """Two leaves of one segment change places; two entries of an account change their numbers."""
    segment = pick_rows(db, 'log_segments', ['segment_id'])[0][0]
    refs = ('substr(leaf_refs, 10, 9) || substr(leaf_refs, 1, 9) || substr(leaf_refs, 19)')
    suite.case('exchange leaves', ['UPDATE log_segments SET leaf_refs = %s WHERE segment_id = %d' % (
        db.as_blob(refs), segment)], {('log_segments', str(segment))})
    tile = db.ask('SELECT level, tile_index FROM log_tiles ORDER BY 1, 2')[0]
    suite.case('exchange hashes in a tile',
               ['UPDATE log_tiles SET hashes = %s WHERE level = %d AND tile_index = %d' % (
                   db.as_blob('substr(hashes, 1, 1600) || substr(hashes, 1633, 32) || '
                              'substr(hashes, 1601, 32) || substr(hashes, 1665)'), tile[0], tile[1])],
               {('log_tiles', '%d,%d' % tuple(tile))})


def cut_off(suite, db):
    """The newest segment and everything in it disappear without a trace, but a checkpoint."""
    last = db.ask('SELECT segment_id, first_index FROM log_segments WHERE first_index IS NOT NULL '
                  'ORDER BY first_index DESC LIMIT 1')[0]
    ids = db.ask('SELECT transfer_id FROM transfers WHERE segment_id = %d' % last[0])
    top = db.ask('SELECT epoch, size FROM log_checkpoints ORDER BY size DESC LIMIT 1')[0]
    if top[1] <= last[1]:
        sys.exit('no checkpoint covers the last segment')
    suite.db.fresh()
    suite.db.run(['DELETE FROM log_segments WHERE segment_id = %d' % last[0]] + [
        'DELETE FROM transfers WHERE transfer_id = %d' % i[0] for i in ids])
    report = suite.audit()
    if not any(f['table'] == 'log_checkpoints' and f['key'] == key_text(top)
               for f in report['findings']):
        suite.failures.append('cut off: the checkpoint was not named: %s' % report['findings'])


def forge(suite, db):
    """Every hash is made to agree with a change: what is left to see are the rules, and the log."""
    if not isinstance(db, Sqlite):
        return

    def rehash():
        forger.rehash(sqlite3.connect(db.path), True)
        return []

    def rehash_but_the_log():
        return forger.rehash(sqlite3.connect(db.path), False)

    def one(sql):
        return db.ask(sql)[0][0]

    plain = one('SELECT transfer_id FROM transfers WHERE flags = 0 AND segment_id IN '
                '(SELECT segment_id FROM log_segments WHERE leaf_count = 1) '
                'ORDER BY transfer_id LIMIT 1 OFFSET 20')
    hold = one('SELECT hold_id FROM holds WHERE state = 1 AND expires_at_us > 0 ORDER BY hold_id LIMIT 1')
    released = one('SELECT resolved_by FROM holds WHERE state = 2 ORDER BY hold_id LIMIT 1 OFFSET 5')
    bank = one('SELECT min(account_id) FROM accounts')
    topped_up = {('transfers', str(r[0])) for r in db.ask(
        'SELECT transfer_id FROM transfers WHERE debit_account_id = %d' % bank)}
    for name, statements, rows in (
            ('another currency', ['UPDATE transfers SET currency = 344 WHERE transfer_id = %d' % plain],
             {('transfers', str(plain))}),
            ('an expiry before the hold', [
                'UPDATE transfers SET expires_at_us = 1 WHERE transfer_id = %d' % hold,
                'UPDATE holds SET expires_at_us = 1 WHERE hold_id = %d' % hold],
             {('transfers', str(hold)),
              ('transfers', str(one('SELECT resolved_by FROM holds WHERE hold_id = %d' % hold)))}),
            ('a release with another code', [
                'UPDATE transfers SET code = 99 WHERE transfer_id = %d' % released],
             {('transfers', str(released))}),
            ('debits beyond what the account may bear', [
                'UPDATE accounts SET flags = 1 WHERE account_id = %d' % bank], topped_up),
            ('a link to nothing', ['UPDATE transfers SET flags = 1 WHERE transfer_id = %d' % plain],
             {('transfers', str(plain))})):
        suite.case('forged: ' + name, statements, rows, after=rehash)
    suite.case('forged, but not the log', [
        'UPDATE transfers SET code = 88 WHERE transfer_id = %d' % plain], set(), after=rehash_but_the_log)


def answers(suite, db):
    bad = ("INSERT INTO idempotency_keys (owner, key, method, path_hash, body_hash, status, encoding, "
           "answer, created_at_us) SELECT 1, 'k', 'POST', %s, %s, 0, 0, %s, 1")
    blob = "zeroblob(32)" if isinstance(db, Sqlite) else "decode(repeat('00', 32), 'hex')"
    suite.case('an answer that is none', [bad % (blob, blob, blob)], {('idempotency_keys', '1')})


def check_the_checker(suite, db):
    """For each check a case that only it sees: left out, the audit says that all is well."""
    names = set()
    for case in suite.cases:
        names |= case[2]
    shown = []
    for check in sorted(names):
        alone = [c for c in suite.cases if c[2] == {check}]
        if not alone:
            suite.failures.append('no case is seen by the check %s alone' % check)
            continue
        name, statements, _, after = alone[0]
        db.fresh()
        db.run(statements)
        if after:
            after()
        found = suite.audit()
        # Sums are looked at where nothing else was found: they would name what was left out.
        missed = suite.audit(without=[check] + (['sums'] if check != 'sums' else []))
        if found['ok'] or not missed['ok']:
            suite.failures.append('without the check %s the case "%s" should pass unnoticed: %s' % (
                check, name, missed['findings'][:3]))
        shown.append(check)
    return shown


def check_sums(suite, db):
    """Sums see a changed account row even when the comparison of states is left out."""
    db.fresh()
    db.run(['UPDATE accounts SET debits_posted = debits_posted + 1 WHERE account_id = '
            '(SELECT max(account_id) FROM accounts)'])
    report = suite.audit(without=['account_state'])
    if [f['check'] for f in report['findings']] != ['sums']:
        suite.failures.append('sums did not see a changed account: %s' % report['findings'])
    if not suite.audit(without=['account_state', 'sums'])['ok']:
        suite.failures.append('without sums the changed account should pass unnoticed')


def tables_of_others():
    """What the migrations make that are not the ledger's: NNNN_ledger…, NNNN_log…."""
    migrations = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../sql/migrations')
    found = set()
    for name in os.listdir(migrations):
        if not re.match(r'[0-9]{4}_(ledger|log)', name):
            with open(os.path.join(migrations, name), encoding='utf-8') as file:
                found |= set(re.findall(r'^CREATE TABLE (\w+)', file.read(), re.M))
    return found - set(TABLES)


def main():
    backend, builder, audit = sys.argv[1:4]
    build = subprocess.Popen([builder, backend, ROUNDS], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, text=True)
    built = json.loads(build.stdout.readline())
    db = Sqlite(built) if backend == 'sqlite' else Postgres(built)
    suite = Suite(db, audit, built['witness'])
    try:
        db.fresh()
        clean = suite.audit()
        if not clean['ok'] or clean['transfers'] != built['transfers']:
            sys.exit('the untouched ledger is not clean: %s' % clean)
        tables = [t for t in TABLES if t in db.tables()]
        known = set(TABLES) | tables_of_others()
        for table in db.tables():
            if table not in known and not table.startswith(('sqlite_', 'bench_')):
                suite.failures.append('the table %s is neither tampered with nor known' % table)
        change_columns(suite, db, tables)
        changes = len(suite.cases)
        delete_rows(suite, db, tables)
        double_rows(suite, db, tables)
        exchange(suite, db)
        cut_off(suite, db)
        forge(suite, db)
        answers(suite, db)
        checks = check_the_checker(suite, db)
        names = subprocess.run([audit, '--list-checks'], stdout=subprocess.PIPE, text=True).stdout
        # Marks are SQLite's; forging is done there only, for both.
        # Looks at people's data: tests/scenario/privacy/test_planted.py.
        elsewhere = {'sums', 'access'} | (set() if backend == 'sqlite' else {'mark', 'rules', 'linked', 'leaf'})
        for name in set(names.split()) - set(checks) - elsewhere:
            suite.failures.append('no case shows that the check %s does anything' % name)
        check_sums(suite, db)
    finally:
        db.close()
        build.stdin.close()
        build.wait()
    for failure in suite.failures:
        print('FAIL ' + failure)
    print('%s: %d changed columns, %d cases, %d refused by the schema, %d checks shown to matter, '
          '%d failures' % (backend, changes, len(suite.cases), suite.refused, len(checks),
                           len(suite.failures)))
    return 1 if suite.failures else 0


if __name__ == '__main__':
    sys.exit(main())
