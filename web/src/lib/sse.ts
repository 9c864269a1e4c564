/* Server-sent events over fetch, because EventSource cannot send an Authorization header.
 * Parses the stream as the HTML standard says (section 9.2.6), remembers the last event id. */

export interface StreamEvent {
  id: string;
  type: string;
  data: string;
}

/** Feeds chunks of text, calls back for each complete event. Lines end in LF, CRLF or CR; a CR at
 * the end of a chunk waits to see whether an LF follows. */
export function createEventParser(onEvent: (event: StreamEvent) => void) {
  let buffer = '';
  let data: string[] = [];
  let type = '';
  let lastId = '';

  function takeLine(line: string) {
    if (line === '') {
      if (data.length > 0) onEvent({ id: lastId, type: type || 'message', data: data.join('\n') });
      data = [];
      type = '';
      return;
    }
    if (line.startsWith(':')) return;
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    let value = colon < 0 ? '' : line.slice(colon + 1);
    if (value.startsWith(' ')) value = value.slice(1);
    if (field === 'data') data.push(value);
    else if (field === 'event') type = value;
    else if (field === 'id' && !value.includes('\0')) lastId = value;
  }

  return {
    feed(chunk: string) {
      buffer += chunk;
      for (;;) {
        const end = buffer.search(/[\r\n]/);
        if (end < 0) return;
        const isCr = buffer[end] === '\r';
        if (isCr && end === buffer.length - 1) return;
        const width = isCr && buffer[end + 1] === '\n' ? 2 : 1;
        const line = buffer.slice(0, end);
        buffer = buffer.slice(end + width);
        takeLine(line);
      }
    },
  };
}

export type StreamState = 'connecting' | 'live' | 'waiting' | 'refused';

export interface StreamOptions {
  url: string;
  headers: () => Record<string, string>;
  lastEventId?: string;
  onEvent: (event: StreamEvent) => void;
  onState: (state: StreamState) => void;
  fetch?: typeof fetch;
  /** Milliseconds before the nth attempt to connect again. */
  backoff_ms?: (attempt: number) => number;
}

function defaultBackoff(attempt: number): number {
  return Math.min(500 * 2 ** attempt, 15_000) * (0.75 + Math.random() / 2);
}

/** Opens the stream and keeps it open, resuming after the last event seen, until the returned
 * function is called. 401 and 403 end it ("refused"): asking again would not help. */
export function openStream(options: StreamOptions): () => void {
  const { url, headers, onEvent, onState, backoff_ms = defaultBackoff } = options;
  const doFetch = options.fetch ?? fetch;
  const abort = new AbortController();
  let lastId = options.lastEventId ?? '';
  let attempt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function connect(): Promise<void> {
    onState('connecting');
    try {
      const response = await doFetch(url, {
        headers: {
          Accept: 'text/event-stream',
          ...headers(),
          ...(lastId === '' ? {} : { 'Last-Event-ID': lastId }),
        },
        cache: 'no-store',
        signal: abort.signal,
      });
      if (response.status === 401 || response.status === 403) {
        onState('refused');
        return;
      }
      if (!response.ok || response.body === null) throw new Error(`status ${response.status}`);
      onState('live');
      const parser = createEventParser((event) => {
        attempt = 0;
        if (event.id !== '') lastId = event.id;
        onEvent(event);
      });
      const reader = response.body.getReader();
      const decoder = new TextDecoder();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        parser.feed(decoder.decode(value, { stream: true }));
      }
    } catch {
      /* Lost or never there: the wait below covers both. */
    }
    if (abort.signal.aborted) return;
    onState('waiting');
    timer = setTimeout(() => void connect(), backoff_ms(attempt++));
  }

  void connect();
  return () => {
    clearTimeout(timer);
    abort.abort();
  };
}
