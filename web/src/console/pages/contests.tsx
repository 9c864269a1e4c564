/* Objections to locks, the next due first. What was written is on the person's page, behind a reason. */
import { Empty, Skeleton, Tag } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { staffContestsGet } from '../../../generated/api';
import { Problem } from '../../kit/state';
import { formatAge, formatTime } from '../../lib/time';
import { useAsk } from '../ask';
import { useI18n } from '../i18n';

export function Contests() {
  const ask = useAsk();
  const { t, lang } = useI18n();
  const contests = useQuery({ queryKey: ['contests'], queryFn: () => ask(staffContestsGet()) });
  const now = Date.now();
  return (
    <>
      <h1>{t('contests.title')}</h1>
      <p className="cs-note">{t('contests.note')}</p>
      {contests.isPending ? <Skeleton active /> : contests.isError ? <Problem error={contests.error} onRetry={() => void contests.refetch()} /> : contests.data.contests.length === 0 ? (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('contests.none')} />
      ) : (
        <ul className="cs-rows">
          {contests.data.contests.map((contest) => {
            const late = Date.parse(contest.answer_due_at) < now;
            return (
              <li key={contest.lock_id}>
                <Link to="/people/$personId" params={{ personId: contest.person_id }} className="cs-row" data-row>
                  <strong>{lang === 'en' ? contest.why_en : contest.why_zh}</strong>
                  <span>{t(`lock.reason.${contest.reason}`)}</span>
                  <Tag color={late ? 'red' : 'default'}>{t(late ? 'contests.late' : 'contests.due', { age: formatAge(contest.answer_due_at, now, lang) })}</Tag>
                  <span>{t('contests.at', { at: formatTime(contest.contested_at, lang) })}</span>
                </Link>
              </li>
            );
          })}
        </ul>
      )}
    </>
  );
}
