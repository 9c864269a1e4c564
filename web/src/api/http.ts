/* One way to ask the server, and one kind of error whatever went wrong.
 *
 * Errors are RFC 9457 problem+json with the server's own words (in the language asked for), what to
 * do, a trace id and, where money is meant, whether it moved. A request that changed something and
 * got no answer is `charged: 'unknown'`, never "failed". */

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
  }
}

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
  });
}

export interface Ask {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  idempotencyKey?: string;
  /** True where the request may move money: no answer then means "unknown". */
  money?: boolean;
  accept?: string;
  signal?: AbortSignal;
}

export interface Caller {
  ask<T>(ask: Ask): Promise<T>;
  askText(ask: Ask): Promise<string>;
  headers(): Record<string, string>;
}

export function createCaller(key: () => string | null, lang: () => string): Caller {
  const headers = () => {
    const value = key();
    return {
      'Accept-Language': lang(),
      ...(value === null ? {} : { Authorization: `Bearer ${value}` }),
    };
  };

  async function send(ask: Ask): Promise<Response> {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(ask.query ?? {})) {
      if (value !== undefined && value !== '') query.set(name, String(value));
    }
    const url = query.size > 0 ? `${ask.path}?${query}` : ask.path;
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const signal = ask.signal === undefined ? timeout : AbortSignal.any([ask.signal, timeout]);
    let response: Response;
    try {
      response = await fetch(url, {
        method: ask.method ?? 'GET',
        headers: {
          Accept: ask.accept ?? 'application/json',
          ...headers(),
          ...(ask.body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...(ask.idempotencyKey === undefined ? {} : { 'Idempotency-Key': ask.idempotencyKey }),
        },
        cache: 'no-store',
        signal,
        ...(ask.body === undefined ? {} : { body: JSON.stringify(ask.body) }),
      });
    } catch (cause) {
      if (ask.signal?.aborted === true) throw cause;
      throw new ApiError({ kind: 'network', charged: ask.money === true ? 'unknown' : null });
    }
    if (!response.ok) throw await problemOf(response);
    return response;
  }

  async function body<T>(ask: Ask, read: (response: Response) => Promise<T>): Promise<T> {
    const response = await send(ask);
    try {
      return await read(response);
    } catch {
      throw new ApiError({ kind: 'network', charged: ask.money === true ? 'unknown' : null });
    }
  }

  return {
    headers,
    ask: <T,>(ask: Ask) =>
      body(ask, async (response) => {
        const raw = await response.text();
        return (raw === '' ? undefined : JSON.parse(raw)) as T;
      }),
    askText: (ask) => body(ask, (response) => response.text()),
  };
}
