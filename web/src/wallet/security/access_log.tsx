/* Who looked at my data: each look of the staff with its reason, and how often the wallet itself did. */
import { useInfiniteQuery } from '@tanstack/react-query';
import * as api from '../../../generated/api';
import { Button, Empty, Problem, Skeleton, Time } from '../../kit';
import { useI18n } from '../i18n';
import { RowItem, Rows } from '../kit/rows';
import { useAsk } from '../session/ask';
import { Head } from '../shell/frame';

export function AccessLogPage() {
  const { t } = useI18n();
  const ask = useAsk();
  const log = useInfiniteQuery({
    queryKey: ['access-log'],
    queryFn: ({ pageParam }) => ask(api.meAccessLogGet(pageParam === '' ? {} : { cursor: pageParam })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor,
  });
  const looks = log.data?.pages.flatMap((page) => page.looks) ?? [];
  const readings = log.data?.pages[0]?.readings ?? [];
  return (
    <>
      <Head title={t('security.access')} lead={t('access.lead')} back={{ href: '/security', label: t('security.back') }} />
      {log.isPending && <Skeleton />}
      {log.isError && <Problem error={log.error} onRetry={() => void log.refetch()} />}
      {log.isSuccess && looks.length === 0 && (
        <section className="card">
          <Empty title={t('access.none')}>{t('access.none.body')}</Empty>
        </section>
      )}
      {looks.length > 0 && (
        <Rows title={t('access.staff')}>
          {looks.map((look) => (
            <RowItem
              key={look.number}
              icon="eye"
              title={t(`access.why.${look.why}`)}
              note={
                <>
                  {look.reason}
                  <br />
                  {t('access.saw', { what: look.classes.map((name) => t(`data.${name}`)).join(t('list.and')) })} ·{' '}
                  {t('access.by', { staff: look.staff_id })} · {t('access.number', { number: String(look.number) })}
                </>
              }
              value={<Time iso={look.at} />}
            />
          ))}
        </Rows>
      )}
      {log.hasNextPage && (
        <div>
          <Button disabled={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
            {t('action.more')}
          </Button>
        </div>
      )}
      {readings.length > 0 && (
        <section className="card stack" aria-label={t('access.own')}>
          <h2>{t('access.own')}</h2>
          <p className="soft">{t('access.own.lead')}</p>
          <table className="limits">
            <thead>
              <tr>
                <th scope="col">{t('access.day')}</th>
                <th scope="col">{t('access.times')}</th>
              </tr>
            </thead>
            <tbody>
              {readings.map((reading) => (
                <tr key={`${reading.day} ${reading.purpose}`}>
                  <th scope="row">
                    <span className="num">{reading.day}</span> · {t(`access.purpose.${reading.purpose}`)}
                  </th>
                  <td className="num">{reading.openings}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  );
}
