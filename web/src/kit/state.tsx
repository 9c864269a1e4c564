/* What a page shows while it waits, when there is nothing, and when something went wrong. */
import type { ReactNode } from 'react';
import type { UseQueryResult } from '@tanstack/react-query';
import { ApiError } from '../api/http';
import { useI18n } from '../i18n';
import { Button } from './form';
import { Banner, CopyButton } from './text';
import type { Tone } from './text';
import { Mark } from './mark';

const BONES = ['a', 'b', 'c', 'd', 'e', 'f'];

/** Appears only after 200 ms, in roughly the shape of what is coming. */
export function Skeleton({ rows = 4 }: { rows?: number }) {
  const { t } = useI18n();
  return (
    <div className="skeleton" role="status">
      <span className="hidden-visually">{t('state.loading')}</span>
      {BONES.slice(0, rows).map((key) => (
        <div key={key} className="bone" />
      ))}
    </div>
  );
}

export function Empty(props: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <Mark size={44} />
      <h2>{props.title}</h2>
      {props.children !== undefined && <p>{props.children}</p>}
      {props.action}
    </div>
  );
}

/** What happened, what to do, whether money moved, and the number to quote. */
export function Problem(props: { error: unknown; onRetry?: (() => void) | undefined }) {
  const { error, onRetry } = props;
  const { t } = useI18n();
  const api = error instanceof ApiError ? error : null;
  // Cinnabar is for faults of ours and for money; a refusal or a lost line is no harm.
  const harm = api === null || api.status >= 500 || api.charged === 'true';
  const tone: Tone = harm ? 'bad' : 'wait';
  let title = t('error.own.title');
  let fix = t('error.own.fix');
  if (api?.kind === 'network') {
    title = t('error.network.title');
    fix = t('error.network.fix');
  } else if (api !== null) {
    title = api.title === '' ? t('error.server.title', { status: String(api.status) }) : api.title;
    fix = api.fix === '' ? t('error.server.fix') : api.fix;
  }
  return (
    <Banner tone={tone} icon="warn" title={title} role="alert">
      <div className="stack-2">
        <div>{fix}</div>
        {api?.detail !== undefined && api.detail !== '' && <div className="small">{api.detail}</div>}
        {api !== null && <Charged charged={api.charged} />}
        {api !== null && api.traceId !== '' && (
          <div className="small">
            {t('error.trace')} <span className="mono wrap">{api.traceId}</span>
            <CopyButton text={api.traceId} label={t('error.trace.copy')} />
          </div>
        )}
        {onRetry !== undefined && (
          <div>
            <Button small onClick={onRetry}>
              {t('action.retry')}
            </Button>
          </div>
        )}
      </div>
    </Banner>
  );
}

function Charged({ charged }: { charged: ApiError['charged'] }) {
  const { t } = useI18n();
  if (charged === null) return null;
  return <div>{t(`charged.${charged}`)}</div>;
}

/** Waits, fails or shows: the one way a page renders a query. */
export function Loaded<T>(props: { query: UseQueryResult<T>; rows?: number; children: (data: T) => ReactNode }) {
  const { query, rows, children } = props;
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.isError) return <Problem error={query.error} onRetry={() => void query.refetch()} />;
  return <Skeleton {...(rows === undefined ? {} : { rows })} />;
}
