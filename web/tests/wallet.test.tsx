import { act, fireEvent, render, screen } from '@testing-library/react';
import { encode } from 'uqr';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../src/api/http';
import { Cells, digitsOf } from '../src/wallet/kit/cells';
import { pathOf } from '../src/wallet/kit/qr';
import {
  cardFault, groupCard, groupPhone, idNumberFault, isPoorPin, looksLikeEmail, toE164,
} from '../src/wallet/lib/people';
import { GivenUp } from '../src/wallet/session/ask';
import { fieldFault, isUnsettled, useAction } from '../src/wallet/session/action';

describe('phone numbers', () => {
  it('of the mainland get their country, however they were typed', () => {
    for (const typed of ['13800138000', '138 0013 8000', '138-0013-8000', '+86 138 0013 8000', '008613800138000', '１３８００１３８０００']) {
      expect(toE164(typed)).toBe('+8613800138000');
    }
  });
  it('of other countries keep theirs', () => expect(toE164('+44 20 7946 0958')).toBe('+442079460958'));
  it('that cannot be are refused', () => {
    for (const typed of ['', '12345', '23800138000', '1380013800', '138001380001', '+86 22345678901', 'abc']) expect(toE164(typed)).toBeNull();
  });
  it('are grouped while they are typed', () => {
    expect(groupPhone('1380')).toBe('138 0');
    expect(groupPhone('13800138000')).toBe('138 0013 8000');
    expect(groupPhone('+442079460958')).toBe('+442079460958');
  });
});

describe('e-mail addresses', () => {
  it('are looked at for slips only', () => {
    expect(['a@b.cn', 'li.lei+x@mail.example.org'].every(looksLikeEmail)).toBe(true);
    expect(['', 'a', 'a@b', 'a b@c.cn', '@b.cn', 'a@b.'].some(looksLikeEmail)).toBe(false);
  });
});

describe('id numbers', () => {
  it('of the standard’s own examples are right', () => {
    expect(idNumberFault('11010519491231002X')).toBeNull();
    expect(idNumberFault('440524188001010014')).toBeNull();
    expect(idNumberFault(' 110105 19491231 002x ')).toBeNull();
  });
  it('name what is wrong with them', () => {
    expect(idNumberFault('')).toBe('empty');
    expect(idNumberFault('1101051949123100')).toBe('length');
    expect(idNumberFault('11010519491231002Y')).toBe('characters');
    expect(idNumberFault('110105194913310026')).toBe('birth');
    expect(idNumberFault('110105199902300026')).toBe('birth');
    expect(idNumberFault('110105194912310021')).toBe('check');
  });
  it('miss no slip of one digit', () => {
    const good = '11010519491231002X';
    for (let at = 0; at < 17; at++) {
      for (let digit = 0; digit < 10; digit++) {
        const slip = good.slice(0, at) + String(digit) + good.slice(at + 1);
        if (slip !== good) expect(idNumberFault(slip)).not.toBeNull();
      }
    }
  });
});

describe('card numbers', () => {
  it('are checked by Luhn', () => {
    expect(cardFault('4111 1111 1111 1111')).toBeNull();
    expect(cardFault('6222021234567890128')).toBeNull();
    expect(cardFault('4111 1111 1111 1112')).toBe('check');
    expect(cardFault('4111')).toBe('length');
    expect(cardFault('4111x11111111111')).toBe('characters');
    expect(cardFault('')).toBe('empty');
  });
  it('are grouped as they are printed', () => expect(groupCard('6222021234567890128')).toBe('6222 0212 3456 7890 128'));
});

describe('PINs', () => {
  it('that a thief tries first are told', () => {
    for (const pin of ['111111', '123456', '654321', '121212', '123123', '567890']) expect(isPoorPin(pin)).toBe(true);
    for (const pin of ['140592', '112358', '908172']) expect(isPoorPin(pin)).toBe(false);
  });
});

describe('cells', () => {
  it('take what was pasted, with all that is around the digits', () => {
    expect(digitsOf('Your code: 123 456.')).toBe('123456');
    expect(digitsOf('１２３４５６７')).toBe('123456');
  });
  it('are one field with one name, and say once that they are full', () => {
    const onFull = vi.fn();
    const onValue = vi.fn();
    render(<Cells label="Code" value="12345" onValue={onValue} onFull={onFull} fault="Wrong" />);
    const field = screen.getByLabelText('Code');
    expect(field.getAttribute('autocomplete')).toBe('one-time-code');
    expect(field.getAttribute('aria-invalid')).toBe('true');
    fireEvent.change(field, { target: { value: '123456' } });
    expect(onValue).toHaveBeenCalledWith('123456');
    expect(onFull).toHaveBeenCalledTimes(1);
  });
});

describe('QR codes', () => {
  it('are drawn module by module', () => {
    const { data, size } = encode('otpauth://totp/x', { border: 2 });
    const dark = data.flat().filter(Boolean).length;
    expect(pathOf(data).split('M')).toHaveLength(dark + 1);
    expect(size).toBe(data.length);
  });
});

describe('actions', () => {
  afterEach(() => vi.useRealTimers());
  const lost = new ApiError({ kind: 'network' });
  const refused = new ApiError({ kind: 'server', status: 422, code: 'x', title: 'No.', fix: 'Do.', fields: [{ field: '/name', message: 'No.' }] });

  async function keysOf(outcomes: unknown[], inputs: string[]) {
    const keys: string[] = [];
    let show: { run: (input: string) => Promise<boolean>; error: unknown } = { run: async () => false, error: null };
    function Probe() {
      const action = useAction(async (_input: string, key: string) => {
        keys.push(key);
        const outcome = outcomes[keys.length - 1];
        if (outcome !== null) throw outcome;
      });
      show = action;
      return null;
    }
    render(<Probe />);
    for (const input of inputs) {
      await act(async () => {
        await show.run(input);
      });
    }
    return { keys, error: show.error };
  }
  it('that got no answer are tried again with the same key', async () => {
    const { keys } = await keysOf([lost, null, null], ['a', 'a', 'a']);
    expect(keys[0]).toBe(keys[1]);
    expect(keys[2]).not.toBe(keys[1]);
  });
  it('with other input, or after a refusal, get a new key', async () => {
    const { keys, error } = await keysOf([lost, refused, refused], ['a', 'b', 'b']);
    expect(new Set(keys).size).toBe(3);
    expect(error).toBe(refused);
  });
  it('given up show nothing', async () => {
    const { error } = await keysOf([new GivenUp()], ['a']);
    expect(error).toBeNull();
  });
  it('are unsettled only when nobody can say what happened', () => {
    expect(isUnsettled(lost)).toBe(true);
    expect(isUnsettled(refused)).toBe(false);
  });
  it('lead a fault to its field', () => {
    expect(fieldFault(refused, 'name')).toBe('No. Do.');
    expect(fieldFault(refused, 'phone')).toBeNull();
  });
});
