#!/usr/bin/env python3
"""Makes typed C functions from the statements in sql/queries/<module>/.

A file is one statement under a header of comments: why it exists, then

    -- kind: exec | one | many | batch
    -- param: account_id i64
    -- column: amount_minor i64?
    -- only: sqlite | postgres        where the other database has no use for it
    -- copy: postgres                 a plain INSERT … VALUES of kind batch that is often long: COPY
                                      stores its rows (columns bigint, text, bytea; no ON CONFLICT)

Types: i64, text, blob, hash (a blob of 32 bytes); a question mark allows NULL. Parameters are
written $name in the statement. `x.pg.sql` beside `x.sql` holds PostgreSQL's own text where the two
must differ; it has comments but no keys. In a batch its parameters are arrays. A batch of the form
INSERT … VALUES ($a, $b, …) needs no second file: it becomes … SELECT … FROM unnest(…).

Anything not understood is refused, with file and reason, before a line of C is written.
"""
import argparse
import os
import re
import sys

KINDS = ('exec', 'one', 'many', 'batch')
C_TYPES = {
    'i64': 'int64_t', 'i64?': 'struct store_opt_i64',
    'text': 'struct store_text', 'text?': 'struct store_text',
    'blob': 'struct store_blob', 'blob?': 'struct store_blob',
    'hash': 'struct sha256_hash', 'hash?': 'struct store_opt_hash',
}
ENUMS = {'i64': 'STORE_I64', 'text': 'STORE_TEXT', 'blob': 'STORE_BLOB', 'hash': 'STORE_HASH'}
PG_ARRAYS = {'i64': 'bigint[]', 'text': 'text[]', 'blob': 'bytea[]', 'hash': 'bytea[]'}
NAME = re.compile(r'^[a-z][a-z0-9_]*$')
KEY = re.compile(r'^([a-z_]+):\s*(.*)$')
# A string, a quoted name, a comment, or a parameter: what precedes decides whether $x is one.
TOKEN = re.compile(r"('(?:[^']|'')*')|(\"[^\"]*\")|(--[^\n]*)|(\$[A-Za-z_][A-Za-z0-9_]*)|(\$[0-9]+)|"
                   r"([?:@][A-Za-z0-9_]+(?<!::))")
VALUES = re.compile(r'\bVALUES\s*\(\s*(\$[a-z0-9_]+(?:\s*,\s*\$[a-z0-9_]+)*)\s*\)', re.I)
PLAIN_INSERT = re.compile(r'^INSERT\s+INTO\s+([a-z_]+)\s*\(([a-z0-9_,\s]+)\)\s*(VALUES\s*'
                          r'\(\s*\$[a-z0-9_]+(?:\s*,\s*\$[a-z0-9_]+)*\s*\))$', re.I)


class Refused(Exception):
    pass


class Query:
    def __init__(self, module, name):
        self.module, self.name = module, name
        self.why, self.kind, self.params, self.columns = [], None, [], []
        self.only = None
        self.copy = False
        self.sqlite = self.postgres = self.copy_postgres = None
        self.is_rows = False

    @property
    def symbol(self):
        return 'q_%s_%s' % (self.module, self.name)


def split_file(path):
    """Returns (header comment lines, statement)."""
    with open(path, encoding='utf-8') as f:
        lines = f.read().split('\n')
    header, at = [], 0
    while at < len(lines) and (lines[at].startswith('--') or not lines[at].strip()):
        if lines[at].startswith('--'):
            header.append(lines[at][2:].strip())
        at += 1
    return header, '\n'.join(lines[at:]).strip()


def declare(text, what, seen):
    parts = text.split()
    if len(parts) != 2 or not NAME.match(parts[0]) or parts[1] not in C_TYPES:
        raise Refused('%s: "%s" is not "name type" with a type of %s' %
                      (what, text, ', '.join(C_TYPES)))
    if parts[0] in seen:
        raise Refused('%s %s is declared twice' % (what, parts[0]))
    return parts[0], parts[1]


def read_header(query, header):
    for line in header:
        m = KEY.match(line)
        if not m:
            query.why.append(line)
            continue
        key, value = m.group(1), m.group(2).strip()
        if key == 'kind':
            if query.kind or value not in KINDS:
                raise Refused('kind must be given once, as one of %s' % ', '.join(KINDS))
            query.kind = value
        elif key == 'only':
            if query.only or value not in ('sqlite', 'postgres'):
                raise Refused('only must be given once, as sqlite or postgres')
            query.only = value
        elif key == 'copy':
            if query.copy or value != 'postgres':
                raise Refused('copy must be given once, as postgres')
            query.copy = True
        elif key == 'param':
            query.params.append(declare(value, 'param', dict(query.params)))
        elif key == 'column':
            query.columns.append(declare(value, 'column', dict(query.columns)))
        else:
            raise Refused('unknown key "%s"' % key)
    if not ''.join(query.why).strip():
        raise Refused('the header does not say why this statement exists')
    if not query.kind:
        raise Refused('kind is missing')
    if query.kind in ('one', 'many') and not query.columns:
        raise Refused('kind %s needs columns' % query.kind)
    if query.kind == 'exec' and query.columns:
        raise Refused('kind exec has no columns; use one or many')
    if query.kind == 'batch' and not query.params:
        raise Refused('kind batch needs parameters')


def check_statement(text):
    if text.endswith(';'):
        text = text[:-1].rstrip()
    bare = TOKEN.sub(lambda m: m.group(0) if m.group(4) or m.group(5) or m.group(6) else ' ', text)
    if not bare.strip():
        raise Refused('there is no statement')
    if ';' in bare:
        raise Refused('more than one statement')
    if re.search(r'\b(SELECT|RETURNING)\s+(\w+\.)?\*', bare, re.I):
        raise Refused('SELECT * is banned, name the columns')
    for m in TOKEN.finditer(text):
        if m.group(5) or (m.group(6) and text[max(0, m.start() - 1)] != ':'):
            raise Refused('parameters are written $name, not %s' % m.group(0))
    if text.rstrip() != text or '--' in bare:
        raise Refused('the statement does not end cleanly')
    return text


def used_params(text):
    return [m.group(4)[1:] for m in TOKEN.finditer(text) if m.group(4)]


def number_params(query, text, prefix):
    index = {name: i + 1 for i, (name, _) in enumerate(query.params)}
    used = used_params(text)
    for name in used:
        if name not in index:
            raise Refused('$%s is not declared' % name)
    for name in index:
        if name not in used:
            raise Refused('param %s is declared but not used' % name)
    return TOKEN.sub(lambda m: '%s%d' % (prefix, index[m.group(4)[1:]]) if m.group(4)
                     else m.group(0), text)


def strip_comments(text):
    text = TOKEN.sub(lambda m: '' if m.group(3) else m.group(0), text)
    return '\n'.join(line.rstrip() for line in text.split('\n') if line.strip())


def insert_rows(query, text):
    """The two set-based forms of a batch INSERT … VALUES ($a, …), or None."""
    m = VALUES.search(text)
    if not m or not re.match(r'INSERT\s+INTO\b', text, re.I):
        return None, None
    names = [n.strip()[1:] for n in m.group(1).split(',')]
    types = dict(query.params)
    order = [n for n, _ in query.params]
    for name in names:
        if name not in types:
            raise Refused('$%s is not declared' % name)
    if sorted(names) != sorted(order):
        return None, None
    # WHERE true: without it SQLite reads ON CONFLICT as a join's ON.
    arrays = ', '.join('$%s::%s' % (n, PG_ARRAYS[types[n].rstrip('?')]) for n in names)
    fields = ', '.join('u.c%d' % i for i in range(len(names)))
    pg = 'SELECT %s FROM unnest(%s) AS u(%s) WHERE true' % (
        fields, arrays, ', '.join('c%d' % i for i in range(len(names))))
    columns = ', '.join('c%d' % order.index(n) for n in names)
    rows = 'SELECT %s FROM store_rows WHERE true' % columns
    return text[:m.start()] + pg + text[m.end():], text[:m.start()] + rows + text[m.end():]


def copy_statement(query, text):
    """The COPY that stores what a plain INSERT … VALUES of the parameters, in their order, would."""
    m = PLAIN_INSERT.match(text)
    if query.kind != 'batch' or query.columns or not m:
        raise Refused('copy needs a batch that is a plain INSERT INTO t (…) VALUES ($a, …)')
    if used_params(m.group(3)) != [n for n, _ in query.params]:
        raise Refused('copy needs the parameters declared in the order of VALUES')
    columns = [c.strip() for c in m.group(2).split(',')]
    return 'COPY %s (%s) FROM STDIN (FORMAT binary)' % (m.group(1), ', '.join(columns))


def load_query(module, directory, name):
    query = Query(module, name)
    header, text = split_file(os.path.join(directory, name + '.sql'))
    read_header(query, header)
    text = check_statement(text)
    query.sqlite = strip_comments(number_params(query, text, '?'))
    pg_path = os.path.join(directory, name + '.pg.sql')
    if query.only and os.path.exists(pg_path):
        raise Refused('"only" and a second file contradict each other')
    if os.path.exists(pg_path):
        header, pg = split_file(pg_path)
        for line in header:
            if KEY.match(line):
                raise Refused('%s.pg.sql: keys belong into %s.sql' % (name, name))
        pg = check_statement(pg)
        query.postgres = strip_comments(number_params(query, pg, '$'))
        if strip_comments(number_params(query, pg, '?')) == query.sqlite:
            raise Refused('%s.pg.sql says the same as %s.sql; delete it' % (name, name))
    elif query.kind == 'batch':
        pg, rows = insert_rows(query, text)
        if pg is None and query.only == 'sqlite':
            return query  # bound and stepped row by row
        if pg is None and query.only == 'postgres':
            pg = text
        if pg is None:
            raise Refused('a batch that is not INSERT … VALUES ($a, …) needs %s.pg.sql' % name)
        query.postgres = strip_comments(number_params(query, pg, '$'))
        if rows is not None and not query.columns:
            query.sqlite, query.is_rows = strip_comments(rows), True
    else:
        query.postgres = strip_comments(number_params(query, text, '$'))
    if query.copy:
        if query.only == 'sqlite' or os.path.exists(pg_path):
            raise Refused('copy is for PostgreSQL, and for a statement without a second file')
        query.copy_postgres = copy_statement(query, text)
    if query.only == 'sqlite':
        query.postgres = None
    elif query.only == 'postgres':
        query.sqlite = None
    return query


def load_module(module, directory):
    queries, files = [], sorted(os.listdir(directory))
    for f in files:
        if f.startswith('.'):
            continue
        if not f.endswith('.sql'):
            raise Refused('%s: only .sql files belong here' % os.path.join(directory, f))
        if f.endswith('.pg.sql'):
            if f[:-len('.pg.sql')] + '.sql' not in files:
                raise Refused('%s has no %s.sql beside it' % (f, f[:-len('.pg.sql')]))
            continue
        name = f[:-len('.sql')]
        if not NAME.match(name):
            raise Refused('%s: a name is lower-case letters, digits and underscores' % f)
        try:
            queries.append(load_query(module, directory, name))
        except Refused as reason:
            raise Refused('%s: %s' % (os.path.join(directory, f), reason))
    return queries


def c_string(text):
    lines = text.split('\n')
    out = []
    for i, line in enumerate(lines):
        end = '\\n' if i + 1 < len(lines) else ''
        escaped = line.replace('\\', '\\\\').replace('"', '\\"')
        out.append('"%s%s"' % (escaped, end))
    return '\n        '.join(out)


def struct_text(name, fields):
    return 'struct %s {\n%s};\n' % (name, ''.join('    %s %s;\n' % (C_TYPES[t], n)
                                                 for n, t in fields))


def has_pointers(query):
    return any(t.rstrip('?') in ('text', 'blob') for _, t in query.columns)


def signatures(query):
    """Returns (name, full parameter list) of the function the module calls."""
    s = query.symbol
    args = ['struct store_tx *tx']
    if query.kind == 'batch':
        s += '_batch'
        args += ['const struct %s_in *rows' % query.symbol, 'size_t count']
    elif query.params:
        args += ['const struct %s_in *in' % query.symbol]
    if query.kind == 'one':
        if has_pointers(query):
            args += ['struct arena *arena']
        args += ['struct %s_row *ret' % query.symbol, 'bool *ret_found']
    elif query.columns:
        if query.kind == 'many':
            s += '_each'
        args += ['bool (*on_row)(const struct %s_row *row, void *arg)' % query.symbol, 'void *arg']
    else:
        args += ['int64_t *ret_changed']
    return s, ', '.join(args)


def header_text(module, queries):
    out = ['/* Generated by tools/gen_queries.py from sql/queries/%s/. Do not edit. */\n' % module,
           '#ifndef JN_Q_%s_H\n#define JN_Q_%s_H\n\n' % (module.upper(), module.upper()),
           '#include "core/arena.h"\n#include "store/store.h"\n']
    for q in queries:
        out.append('\n/* %s\n *\n * %s */\n' % ('\n * '.join(w for w in q.why if w),
                                               {'exec': 'ret_changed (may be NULL): rows changed.',
                                                'one': 'The first row; *ret is untouched if there is none.',
                                                'many': 'Calls on_row for each row until it returns false.',
                                                'batch': 'Runs for each of count rows of parameters.',
                                                }[q.kind]))
        if q.params:
            out.append(struct_text(q.symbol + '_in', q.params))
        if q.columns:
            out.append(struct_text(q.symbol + '_row', q.columns))
        name, args = signatures(q)
        out.append('JN_MUST_USE enum err %s(%s);\n' % (name, args))
    out.append('\n#endif\n')
    return ''.join(out)


def fields_text(query, what, fields):
    if not fields:
        return ''
    rows = ''.join('    {%s, %s, (uint16_t)offsetof(struct %s_%s, %s)},\n' %
                   (ENUMS[t.rstrip('?')], 'true' if t.endswith('?') else 'false',
                    query.symbol, what, n) for n, t in fields)
    return 'static const struct store_field %s_%s_fields[] = {\n%s};\n' % (query.symbol, what, rows)


def one_body(query):
    s = query.symbol
    copies = ''
    for n, t in query.columns:
        if t.rstrip('?') in ('text', 'blob'):
            copies += ('    if (got->ret.%s.data != NULL) {\n'
                       '        void *copy = arena_alloc(got->arena, (size_t)got->ret.%s.length + 1);\n'
                       '        memcpy(copy, got->ret.%s.data, got->ret.%s.length);\n'
                       '        got->ret.%s.data = copy;\n    }\n') % (n, n, n, n, n)
    arena = '    struct arena *arena;\n' if copies else ''
    return ('struct %s_got {\n%s    struct %s_row ret;\n    bool found;\n};\n'
            'static bool %s_take(const void *row, void *arg)\n{\n'
            '    struct %s_got *got = arg;\n'
            '    got->ret = *(const struct %s_row *)row;\n%s    got->found = true;\n'
            '    return false;\n}\n') % (s, arena, s, s, s, s, copies)


def each_body(query):
    s = query.symbol
    return ('struct %s_to {\n    bool (*on_row)(const struct %s_row *row, void *arg);\n    void *arg;\n};\n'
            'static bool %s_pass(const void *row, void *arg)\n{\n'
            '    const struct %s_to *to = arg;\n'
            '    return to->on_row((const struct %s_row *)row, to->arg);\n}\n') % (s, s, s, s, s)


def source_text(module, queries):
    out = ['/* Generated by tools/gen_queries.py from sql/queries/%s/. Do not edit. */\n' % module,
           '#include <string.h>\n\n#include "q_%s.h"\n' % module]
    for q in queries:
        s = q.symbol
        out.append('\n' + fields_text(q, 'in', q.params) + fields_text(q, 'row', q.columns))
        for what, fields in (('in', q.params), ('row', q.columns)):
            if fields:
                out.append('_Static_assert(sizeof(struct %s_%s) <= STORE_ROW_BYTES_MAX, "%s");\n' %
                           (s, what, 'the struct of a statement is too large'))
        out.append('static const struct store_query %s_query = {\n' % s)
        out.append('    .name = "%s_%s",\n' % (q.module, q.name))
        for dialect, text in (('sqlite', q.sqlite), ('postgres', q.postgres)):
            if text is not None:
                out.append('    .sql_%s =\n        %s,\n' % (dialect, c_string(text)))
        if q.copy_postgres is not None:
            out.append('    .copy_postgres = %s,\n' % c_string(q.copy_postgres))
        for what, plural, fields in (('in', 'param', q.params), ('row', 'column', q.columns)):
            if fields:
                out.append('    .%ss = %s_%s_fields,\n    .%s_count = %d,\n'
                           '    .%s_size = sizeof(struct %s_%s),\n' %
                           (plural, s, what, plural, len(fields), what, s, what))
        out.append('    .is_batch = %s,\n    .is_rows = %s,\n};\n' %
                   (str(q.kind == 'batch').lower(), str(q.is_rows).lower()))
        if q.kind == 'one':
            out.append(one_body(q))
        elif q.columns:
            out.append(each_body(q))
        name, args = signatures(q)
        what = 'rows, count' if q.kind == 'batch' else 'in, 1' if q.params else 'NULL, 1'
        out.append('enum err %s(%s)\n{\n' % (name, args))
        if q.kind == 'one':
            first = '.arena = arena, ' if has_pointers(q) else ''
            out.append('    struct %s_got got = {%s.found = false};\n'
                       '    enum err err = store_query_run(tx, &%s_query, %s, %s_take, &got, NULL);\n'
                       '    if (err != ERR_OK) {\n        return err;\n    }\n'
                       '    if (got.found) {\n        *ret = got.ret;\n    }\n'
                       '    *ret_found = got.found;\n    return ERR_OK;\n}\n' % (s, first, s, what, s))
        elif q.columns:
            out.append('    struct %s_to to = {.on_row = on_row, .arg = arg};\n'
                       '    return store_query_run(tx, &%s_query, %s, %s_pass, &to, NULL);\n}\n'
                       % (s, s, what, s))
        else:
            out.append('    return store_query_run(tx, &%s_query, %s, NULL, NULL, ret_changed);\n}\n'
                       % (s, what))
    return ''.join(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--module', required=True)
    parser.add_argument('--dir', required=True, help='sql/queries/<module>')
    parser.add_argument('--out', required=True, help='directory for q_<module>.c and .h')
    parser.add_argument('--depfile', help='written for ninja')
    args = parser.parse_args()
    try:
        queries = load_module(args.module, args.dir)
        if not queries:
            raise Refused('%s holds no statement' % args.dir)
    except Refused as reason:
        sys.stderr.write('gen_queries: %s\n' % reason)
        return 1
    base = os.path.join(args.out, 'q_' + args.module)
    for suffix, text in (('.h', header_text(args.module, queries)),
                         ('.c', source_text(args.module, queries))):
        with open(base + suffix, 'w', encoding='utf-8') as f:
            f.write(text)
    if args.depfile:
        # The directory itself is listed: a new or deleted file changes its time.
        names = [args.dir] + [os.path.join(args.dir, f) for f in sorted(os.listdir(args.dir))]
        with open(args.depfile, 'w', encoding='utf-8') as f:
            f.write('%s.c %s.h: %s\n' % (base, base, ' '.join(n.replace(' ', '\\ ')
                                                              for n in names)))
    return 0


if __name__ == '__main__':
    sys.exit(main())
