import { describe, expect, it, vi } from 'vitest';
import { createEventParser, openStream } from '../src/lib/sse';
import type { StreamEvent } from '../src/lib/sse';

function parse(chunks: string[]): StreamEvent[] {
  const events: StreamEvent[] = [];
  const parser = createEventParser((event) => events.push(event));
  for (const chunk of chunks) parser.feed(chunk);
  return events;
}

describe('createEventParser', () => {
  const text = ': hello\r\nid: 7\r\nevent: transfer\r\ndata: {"a":\r\ndata: 1}\r\n\r\nid: 8\ndata:x\n\nretry: 5\n\n';
  const expected = [
    { id: '7', type: 'transfer', data: '{"a":\n1}' },
    { id: '8', type: 'message', data: 'x' },
  ];
  it('reads events in one piece', () => {
    expect(parse([text])).toEqual(expected);
  });
  it('reads the same events however the bytes are cut', () => {
    for (let cut = 1; cut < text.length; cut++) {
      expect(parse([text.slice(0, cut), text.slice(cut)])).toEqual(expected);
    }
    expect(parse([...text])).toEqual(expected);
  });
  it('keeps an unfinished event to itself', () => {
    expect(parse(['id: 1\ndata: x\n'])).toEqual([]);
  });
});

function streamOf(text: string, keepOpen = false): Response {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(text));
      if (!keepOpen) controller.close();
    },
  });
  return new Response(body, { status: 200, headers: { 'Content-Type': 'text/event-stream' } });
}

describe('openStream', () => {
  it('resumes after the last event seen', async () => {
    const asked: Record<string, string>[] = [];
    const doFetch = vi.fn(async (_url: unknown, init?: RequestInit) => {
      asked.push(init?.headers as Record<string, string>);
      return asked.length === 1 ? streamOf('id: 41\ndata: a\n\n') : streamOf('id: 42\ndata: b\n\n', true);
    });
    const seen: string[] = [];
    const states: string[] = [];
    await new Promise<void>((resolve) => {
      const close = openStream({
        url: '/events',
        headers: () => ({ Authorization: 'Bearer k' }),
        fetch: doFetch as unknown as typeof fetch,
        backoff_ms: () => 1,
        onState: (state) => states.push(state),
        onEvent: (event) => {
          seen.push(event.data);
          if (seen.length === 2) {
            close();
            resolve();
          }
        },
      });
    });
    expect(seen).toEqual(['a', 'b']);
    expect(asked[0]?.['Last-Event-ID']).toBeUndefined();
    expect(asked[1]?.['Last-Event-ID']).toBe('41');
    expect(asked[1]?.['Authorization']).toBe('Bearer k');
    expect(states).toEqual(['connecting', 'live', 'waiting', 'connecting', 'live']);
  });
  it('does not ask again when it is refused', async () => {
    const doFetch = vi.fn(async () => new Response('', { status: 403 }));
    const states: string[] = [];
    openStream({
      url: '/events',
      headers: () => ({}),
      fetch: doFetch as unknown as typeof fetch,
      backoff_ms: () => 1,
      onState: (state) => states.push(state),
      onEvent: () => undefined,
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(states).toEqual(['connecting', 'refused']);
    expect(doFetch).toHaveBeenCalledTimes(1);
  });
});
