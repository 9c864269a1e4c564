/* One way to ask the server, and one kind of error whatever went wrong.
 *
 * Errors are RFC 9457 problem+json with the server's own words (in the language asked for), what to
 * do, a trace id and, where money is meant, whether it moved. A request that changed something and
 * got no answer is `charged: 'unknown'`, never "failed". */

import type { Call } from '../../generated/api';

export type Charged = 'true' | 'false' | 'unknown';
export type ErrorKind = 'network' | 'server';

export interface FieldFault {
  /** JSON pointer or name of the field. */
  field: string;
  message: string;
}

export class ApiError extends Error {
  readonly kind: ErrorKind;
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly fix: string;
  readonly detail: string;
  readonly traceId: string;
  readonly charged: Charged | null;
  readonly fields: FieldFault[];
  /** The problem as it came, for members that only some errors have. */
  readonly body: Readonly<Record<string, unknown>>;

  constructor(parts: Partial<Omit<ApiError, 'name'>> & { kind: ErrorKind }) {
    super(parts.code ?? parts.kind);
    this.name = 'ApiError';
    this.kind = parts.kind;
    this.status = parts.status ?? 0;
    this.code = parts.code ?? '';
    this.title = parts.title ?? '';
    this.fix = parts.fix ?? '';
    this.detail = parts.detail ?? '';
    this.traceId = parts.traceId ?? '';
    this.charged = parts.charged ?? null;
    this.fields = parts.fields ?? [];
    this.body = parts.body ?? {};
  }
}

const JSON_TYPE = 'application/json';
const TIMEOUT_MS = 30_000;

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
function chargedOf(value: unknown): Charged | null {
  if (value === true || value === 'true') return 'true';
  if (value === false || value === 'false') return 'false';
  return value === 'unknown' ? 'unknown' : null;
}
function fieldsOf(body: Record<string, unknown>): FieldFault[] {
  const found: FieldFault[] = [];
  const list = Array.isArray(body['errors']) ? (body['errors'] as unknown[]) : [];
  for (const item of list) {
    if (typeof item !== 'object' || item === null) continue;
    const fault = item as Record<string, unknown>;
    const field = text(fault['field']) || text(fault['pointer']);
    const message = text(fault['title']) || text(fault['message']) || text(fault['detail']);
    if (field !== '') found.push({ field, message });
  }
  if (found.length === 0 && text(body['field']) !== '') {
    found.push({ field: text(body['field']), message: text(body['title']) });
  }
  return found;
}

/** The error that an answer of 4xx or 5xx is; an answer that is not problem+json still counts. */
export async function problemOf(response: Response): Promise<ApiError> {
  let body: Record<string, unknown> = {};
  try {
    const parsed: unknown = await response.json();
    if (typeof parsed === 'object' && parsed !== null) body = parsed as Record<string, unknown>;
  } catch {
    /* Not JSON: a proxy's page, say. The status speaks. */
  }
  return new ApiError({
    kind: 'server',
    status: response.status,
    code: text(body['code']),
    title: text(body['title']),
    fix: text(body['fix']),
    detail: text(body['detail']),
    traceId: text(body['trace_id']) || (response.headers.get('X-Request-Id') ?? ''),
    charged: chargedOf(body['charged']),
    fields: fieldsOf(body),
    body,
  });
}

export interface Caller {
  ask<T>(call: Call<T>): Promise<T>;
  askText(call: Call): Promise<string>;
  headers(): Record<string, string>;
}

/** `key` null: a cookie says who asks, if anything does. `onRefused` hears of every 401 to a request
 * that carried a key, or, without keys, of every 401. `surface`: which page asks, where one browser may hold the
 * cookies of two. */
export function createCaller(
  key: (() => string | null) | null,
  lang: () => string,
  onRefused?: () => void,
  surface?: 'console',
): Caller {
  const headers = () => {
    const value = key?.() ?? null;
    return {
      'Accept-Language': lang(),
      ...(surface === undefined ? {} : { 'X-Surface': surface }),
      ...(value === null ? {} : { Authorization: `Bearer ${value}` }),
    };
  };

  async function send(call: Call): Promise<Response> {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(call.query ?? {})) {
      if (value !== undefined) query.set(name, String(value));
    }
    const url = query.size > 0 ? `${call.path}?${query}` : call.path;
    const sent = Object.entries(call.headers ?? {}).filter((header): header is [string, string] => header[1] !== undefined);
    let response: Response;
    try {
      response = await fetch(url, {
        method: call.method,
        headers: {
          Accept: call.accept ?? JSON_TYPE,
          ...headers(),
          ...Object.fromEntries(sent),
          ...(call.body === undefined ? {} : { 'Content-Type': call.contentType ?? JSON_TYPE }),
        },
        cache: 'no-store',
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      });
    } catch {
      throw lost(call);
    }
    if (response.status === 401 && (key === null || key() !== null)) onRefused?.();
    if (!response.ok) throw await problemOf(response);
    return response;
  }

  async function read<T>(call: Call, as: (text: string) => T): Promise<T> {
    const response = await send(call);
    try {
      return as(await response.text());
    } catch {
      throw lost(call);
    }
  }

  return {
    headers,
    ask: <T,>(call: Call<T>) =>
      read(call, (raw) => {
        if (call.accept !== undefined) return raw as T;
        return (raw === '' ? undefined : JSON.parse(raw)) as T;
      }),
    askText: (call) => read(call, String),
  };
}

/** No answer, or half of one: where money is meant, whether it moved is not known. */
function lost(call: Call): ApiError {
  return new ApiError({ kind: 'network', charged: call.movesMoney === true ? 'unknown' : null });
}
