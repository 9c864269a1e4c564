/* The inbox: newest first, live; one message opened in place, with how it was delivered, and "it was
 * not me" where somebody could have acted in one's name. */
import { useState } from 'react';
import { Link } from 'wouter';
import { useInfiniteQuery } from '@tanstack/react-query';
import * as api from '../../../generated/api';
import type { Message } from '../../../generated/api';
import { Badge, Banner, Button, Empty, Facts, Loaded, Problem, Skeleton, Time, useToast } from '../../kit';
import { useT } from '../i18n';
import { useAnswer, useStale } from '../kit/load';
import { Trouble } from '../kit/trouble';
import { useSession } from '../session';
import { useAction } from '../session/action';
import { useAsk } from '../session/ask';
import { Head } from '../shell/frame';

const PAGE = 30;

export function MessagesPage() {
  const t = useT();
  const ask = useAsk();
  const stale = useStale();
  const list = useInfiniteQuery({
    queryKey: ['messages', 'list'],
    queryFn: ({ pageParam }) => ask(api.meMessagesGet({ limit: PAGE, ...(pageParam === '' ? {} : { cursor: pageParam }) })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor,
  });
  const messages = list.data?.pages.flatMap((page) => page.messages) ?? [];
  const unread = list.data?.pages[0]?.unread ?? 0;
  const readAll = useAction(async (newest: string) => {
    await ask(api.meMessagesIdReadPut({ message_id: newest }, { older: true }));
    await stale('messages');
  });
  const [first] = messages;
  return (
    <>
      <Head title={t('tab.messages')} />
      <div className="row-between">
        <Link href="/messages/preferences" className="quiet-link">
          {t('messages.preferences')}
        </Link>
        {unread > 0 && first !== undefined && (
          <Button look="quiet" disabled={readAll.busy} onClick={() => void readAll.run(first.id)}>
            {t('messages.read_all', { count: unread })}
          </Button>
        )}
      </div>
      <Trouble error={readAll.error} />
      {list.isPending && <Skeleton />}
      {list.isError && <Problem error={list.error} onRetry={() => void list.refetch()} />}
      {list.isSuccess && messages.length === 0 && (
        <section className="card">
          <Empty title={t('messages.none')}>{t('messages.none.body')}</Empty>
        </section>
      )}
      {messages.length > 0 && (
        <section className="rows-card">
          <ul className="rows">
            {messages.map((message) => (
              <MessageRow key={message.id} message={message} />
            ))}
          </ul>
        </section>
      )}
      {list.hasNextPage && (
        <div>
          <Button disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('action.more')}
          </Button>
        </div>
      )}
    </>
  );
}

function MessageRow({ message }: { message: Message }) {
  const t = useT();
  const ask = useAsk();
  const stale = useStale();
  const [open, setOpen] = useState(false);
  const read = useAction(async () => {
    await ask(api.meMessagesIdReadPut({ message_id: message.id }, {}));
    await stale('messages');
  });
  const toggle = () => {
    setOpen(!open);
    if (!open && message.read_at === null) void read.run();
  };
  return (
    <li>
      <button type="button" className="rows-row" aria-expanded={open} onClick={toggle}>
        <span className="rows-text">
          <span className="rows-title">
            {message.read_at === null && <Badge tone="good">{t('messages.new')}</Badge>} {message.title}
          </span>
          <span className="rows-note">
            {t(`messages.kind.${message.kind}`)} · <Time iso={message.created_at} />
          </span>
        </span>
        {(message.severity === 'warning' || message.severity === 'alarm') && (
          <Badge tone={message.severity === 'alarm' ? 'bad' : 'wait'}>{t(`messages.severity.${message.severity}`)}</Badge>
        )}
      </button>
      {open && <Opened message={message} />}
    </li>
  );
}

function Opened({ message }: { message: Message }) {
  const t = useT();
  const detail = useAnswer(['messages', 'one', message.id], api.meMessagesIdGet({ message_id: message.id }));
  return (
    <div className="message-open stack">
      <p className="message-body">{message.text}</p>
      <Loaded query={detail} rows={2}>
        {({ deliveries }) => (
          <Facts
            facts={[
              { label: t('messages.code'), value: <span className="mono">{message.code}</span> },
              ...deliveries.map((delivery) => ({
                label: t(`channel.${delivery.channel}`),
                value: t(`delivery.${delivery.state}`),
              })),
            ]}
          />
        )}
      </Loaded>
      {message.not_me_at !== null && (
        <Banner tone="wait">
          {t('not_me.said')} <Time iso={message.not_me_at} />
        </Banner>
      )}
      {message.not_me_possible && message.not_me_at === null && <NotMe message={message} />}
    </div>
  );
}

function NotMe({ message }: { message: Message }) {
  const t = useT();
  const ask = useAsk();
  const toast = useToast();
  const stale = useStale();
  const { renew } = useSession();
  const [sure, setSure] = useState(false);
  const say = useAction(async () => {
    const done = await ask(api.meMessagesIdNotMePost({ message_id: message.id }, { answer: 'not_me' }));
    toast(t('not_me.done', { count: done.sessions_ended }));
    await stale('messages', 'locks', 'sessions');
    await renew();
  });
  if (!sure) {
    return (
      <div>
        <Button look="harm" onClick={() => setSure(true)}>
          {t('me.not_me')}
        </Button>
      </div>
    );
  }
  return (
    <Banner tone="wait" title={t('not_me.what')}>
      <div className="stack-2">
        <div>{t('not_me.what.body')}</div>
        <Trouble error={say.error} />
        <div className="actions">
          <Button look="harm" disabled={say.busy} onClick={() => void say.run()}>
            {t('not_me.do')}
          </Button>
          <Button look="quiet" onClick={() => setSure(false)}>
            {t('action.cancel')}
          </Button>
        </div>
      </div>
    </Banner>
  );
}
