import { afterEach, describe, expect, it, vi } from 'vitest';
import { createClient, eventToTransfer, transferBody } from '../src/explorer/api/client';
import { ApiError, createCaller, problemOf } from '../src/api/http';
import type { NewTransfer } from '../src/explorer/api/model';
import { movement } from '../src/explorer/api/model';

const input: NewTransfer = {
  id: 'tr_01hq3k9zv5w8x', action: 'transfer', debit: 'acc_a', credit: 'acc_b', amount: 1050, currency: 'CNY', code: 7,
  reference: '', pendingId: '', timeoutSeconds: 0,
};

function client() {
  return createClient(createCaller(() => 'jn_secret', () => 'zh-CN'));
}
function stubFetch(answer: () => Response | Promise<Response>) {
  const stub = vi.fn(async (_url: string, _init: RequestInit) => answer());
  vi.stubGlobal('fetch', stub);
  return stub;
}
afterEach(() => vi.unstubAllGlobals());

describe('requests', () => {
  it('carry the key and the language, and only the filters that are set', async () => {
    const stub = stubFetch(() => Response.json({ accounts: [], next_cursor: null }));
    await client().listAccounts({ kind: 'wallet', currency: '', owner: '' }, '');
    const [url, init] = stub.mock.calls[0] ?? ['', {}];
    expect(url).toBe('/v1/ledger/accounts?kind=wallet&limit=50');
    expect(init.headers).toMatchObject({ Authorization: 'Bearer jn_secret', 'Accept-Language': 'zh-CN' });
  });
  it('post under their own id', async () => {
    const stub = stubFetch(() => Response.json({ id: input.id, code: 'ok' }));
    await client().putTransfer(input);
    const [url, init] = stub.mock.calls[0] ?? ['', {}];
    expect([init.method, url]).toEqual(['PUT', `/v1/ledger/transfers/${input.id}`]);
    expect(JSON.parse(String(init.body))).toEqual({
      debit_account_id: 'acc_a', credit_account_id: 'acc_b', amount_minor: 1050, currency: 'CNY', code: 7,
    });
  });
});

describe('answers', () => {
  it('lost on the way leave money unknown, never failed', async () => {
    stubFetch(() => Promise.reject(new TypeError('network')));
    await expect(client().putTransfer(input)).rejects.toMatchObject({ kind: 'network', charged: 'unknown' });
    await expect(client().whoami()).rejects.toMatchObject({ kind: 'network', charged: null });
  });
  it('cut off in the middle leave money unknown too', async () => {
    stubFetch(() => new Response('{"id":'));
    await expect(client().putTransfer(input)).rejects.toMatchObject({ kind: 'network', charged: 'unknown' });
  });
  it('that refuse keep the server’s words, trace id, fields and whether money moved', async () => {
    const error = await problemOf(
      Response.json(
        { title: 'No', fix: 'Do', code: 'insufficient_funds', trace_id: 'abc', charged: 'false', field: '/amount_minor' },
        { status: 422 },
      ),
    );
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 422, code: 'insufficient_funds', fix: 'Do', traceId: 'abc', charged: 'false' });
    expect(error.fields).toEqual([{ field: '/amount_minor', message: 'No' }]);
  });
  it('of something in between are errors all the same', async () => {
    expect(await problemOf(new Response('<html>', { status: 502 }))).toMatchObject({ status: 502, code: '' });
  });
  it('name the first account that was refused', async () => {
    stubFetch(() => Response.json({ results: [{ index: 0, id: 'acc_x', code: 'currency_unknown', title: 'T', fix: 'F' }] }));
    const account = { owner: null, kind: 'wallet', currency: 'CNY', debitsCapped: true, creditsCapped: false, overdraft: 0, balanceMax: 0 };
    await expect(client().openAccount(account, 'k')).rejects.toMatchObject({ code: 'currency_unknown', title: 'T', fix: 'F' });
  });
});

describe('transferBody', () => {
  it('of a hold has its time-out', () => {
    expect(transferBody({ ...input, action: 'hold', timeoutSeconds: 60 })).toMatchObject({ flags: ['pending'], timeout_seconds: 60 });
  });
  it('of a capture and a void names the hold and not its accounts', () => {
    const pendingId = 'tr_0000000000h01';
    expect(transferBody({ ...input, action: 'capture', pendingId })).toEqual({
      flags: ['post_pending'], pending_id: pendingId, amount_minor: 1050, code: 7,
    });
    expect(transferBody({ ...input, action: 'void', pendingId })).toEqual({ flags: ['void_pending'], pending_id: pendingId, code: 7 });
  });
});

describe('eventToTransfer', () => {
  it('passes over what is not a transfer', () => {
    expect(eventToTransfer({ id: '1', type: 'transfer', data: 'not json' })).toBeNull();
    expect(eventToTransfer({ id: '1', type: 'other', data: '{"id":"acc_1"}' })).toBeNull();
  });
});

describe('movement', () => {
  it('of a hold is nothing, of a posting goes by the normal side', () => {
    const leg = { account: 'acc_a', seq: 1, prev: null, posted: 0, heldDebits: 0, heldCredits: 0, hash: '' };
    const base = {
      id: 'tr_1', debit: leg, credit: leg, amount: 5, currency: 'CNY', code: 1, linked: false, closes: null, pendingId: null,
      expiresAt: null, reference: null, commitment: null, createdAt: '2026-01-01T00:00:00Z',
    };
    expect(movement({ ...base, phase: 'hold' }, 'debit', 'credit')).toBe(0);
    expect(movement({ ...base, phase: 'posted' }, 'debit', 'credit')).toBe(-5);
    expect(movement({ ...base, phase: 'capture' }, 'debit', 'debit')).toBe(5);
  });
});
