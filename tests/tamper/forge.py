"""A forger: makes every hash of a SQLite ledger agree with whatever its rows say now, as somebody with
the database and the program, but not the signing key, could. What such a ledger breaks are the rules
and the checkpoints, and nothing else. Formats: docs/formats.md.
"""
import hashlib
import struct

CHECKPOINT_TABLES = ('log_checkpoints', 'log_cosignatures')


def sha(data):
    return hashlib.sha256(data).digest()


def record(kind, *parts):
    body = bytes([1, kind]) + b''.join(parts)
    return struct.pack('>H', len(body)) + body


def i64(*values):
    return b''.join(struct.pack('>q', v) for v in values)


def opening_hash(a):
    return sha(record(0x0f, i64(a['account_id'], a['owner']), struct.pack('>HHI', a['kind'], a['currency'],
                                                                          a['flags']),
                      i64(a['overdraft_minor'], a['balance_max_minor'], a['created_at_us']), a['salt']))


def core_hash(t):
    commitment = t['commitment'] or b''
    return sha(record(0x10, i64(t['transfer_id'], t['debit_account_id'], t['credit_account_id'],
                                t['amount_minor']),
                      struct.pack('>HHI', t['currency'], t['code'], t['flags']),
                      i64(t['pending_id'], t['expires_at_us'], t['reference'], t['created_at_us']),
                      bytes([len(commitment)]), commitment))


def side_hash(number, t, side, previous, core):
    return sha(record(0x11, bytes([number]), i64(t[side + '_account_id']), previous, core,
                      i64(t[side + '_prev_id'], t[side + '_seq'], t[side + '_posted_minor'],
                          t[side + '_held_debits_minor'], t[side + '_held_credits_minor'])))


def rehash(con, with_log):
    """Returns the ids of transfers whose leaf changed. with_log: tiles too, and no checkpoint stays."""
    con.row_factory = __import__('sqlite3').Row
    heads, leaves, changed = {}, {}, set()
    for a in con.execute('SELECT * FROM accounts').fetchall():
        head = opening_hash(a)
        heads[a['account_id']] = head
        con.execute('UPDATE accounts SET opening_hash = ? WHERE account_id = ?', (head, a['account_id']))
        leaves[0x13, a['account_id']] = record(0x13, i64(a['account_id']), head)
    # Ids are drawn in the order of posting here: the ledger was made by one caller, one by one.
    refs = b''.join(r[0] for r in con.execute('SELECT leaf_refs FROM log_segments ORDER BY first_index'))
    order = [(refs[i], struct.unpack('>q', refs[i + 1:i + 9])[0]) for i in range(0, len(refs), 9)]
    for kind, number in order:
        if kind != 0x12:
            continue
        t = con.execute('SELECT * FROM transfers WHERE transfer_id = ?', (number,)).fetchone()
        core = core_hash(t)
        hashes = []
        for n, side in enumerate(('debit', 'credit')):
            head = side_hash(n + 1, t, side, heads[t[side + '_account_id']], core)
            heads[t[side + '_account_id']] = head
            hashes.append(head)
        if hashes != [t['debit_hash'], t['credit_hash']]:
            changed.add(number)
            con.execute('UPDATE transfers SET debit_hash = ?, credit_hash = ? WHERE transfer_id = ?',
                        (hashes[0], hashes[1], number))
        leaves[0x12, number] = record(0x12, i64(number), core, *hashes)
    for account, head in heads.items():
        con.execute('UPDATE accounts SET head = ? WHERE account_id = ?', (head, account))
    if with_log:
        for table in CHECKPOINT_TABLES:
            con.execute('DELETE FROM ' + table)
        hashes = [sha(b'\0' + leaves[ref]) for ref in order]
        for index in range(len(hashes) // 256):
            con.execute('UPDATE log_tiles SET hashes = ? WHERE level = 0 AND tile_index = ?',
                        (b''.join(hashes[256 * index:256 * index + 256]), index))
    con.commit()
    con.close()
    return changed
