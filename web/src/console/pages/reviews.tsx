/* Identities that somebody has to look at, the next due first. What was claimed is shown in full only
 * to whoever decides, after a reason. */
import { useState } from 'react';
import { Button, Checkbox, Descriptions, Empty, Skeleton, Tag } from 'antd';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { StaffReview, StaffReviewClaim } from '../../../generated/api';
import { staffReviewsGet, staffReviewsIdDecisionPost, staffReviewsIdLookPost } from '../../../generated/api';
import { Problem } from '../../kit/state';
import { formatAge, formatTime } from '../../lib/time';
import { useAsk, useIntent, useMay, useSay } from '../ask';
import { useI18n } from '../i18n';
import { WordsDialog } from '../reason';

function Claim({ claim, onDecided }: { claim: StaffReviewClaim; onDecided(): void }) {
  const ask = useAsk();
  const say = useSay();
  const { t } = useI18n();
  const intent = useIntent();
  const [decision, setDecision] = useState<'approve' | 'refuse' | null>(null);
  const [seen, setSeen] = useState(false);
  const decide = useMutation({
    mutationFn: (reason: string) => ask(staffReviewsIdDecisionPost(
      { review_id: claim.review.id, idempotency_key: intent.key() }, { decision: decision ?? 'refuse', in_person: seen && decision === 'approve', reason },
    )),
    onSuccess: () => {
      intent.done();
      setDecision(null);
      onDecided();
    },
    onError: say,
  });
  return (
    <>
      <Descriptions
        column={1} size="small" items={[
          { key: 'name', label: t('review.name'), children: claim.name },
          { key: 'kind', label: t('review.kind'), children: t(`review.kind.${claim.id_kind}`) },
          { key: 'number', label: t('review.number'), children: <code>{claim.id_number}</code> },
        ]}
      />
      <Checkbox checked={seen} onChange={({ target }) => setSeen(target.checked)}>{t('review.seen')}</Checkbox>
      <div className="cs-acts">
        <Button type="primary" onClick={() => setDecision('approve')}>{t('review.approve')}</Button>
        <Button danger onClick={() => setDecision('refuse')}>{t('review.refuse')}</Button>
      </div>
      <WordsDialog
        open={decision !== null} title={t(decision === 'approve' ? 'review.approve' : 'review.refuse')} note={t('reason.note')} label={t('reason.words')}
        action={t(decision === 'approve' ? 'review.approve' : 'review.refuse')} danger={decision === 'refuse'} busy={decide.isPending}
        onCancel={() => setDecision(null)} onWords={(words) => decide.mutate(words)}
      />
    </>
  );
}

function Review({ review, onDecided }: { review: StaffReview; onDecided(): void }) {
  const ask = useAsk();
  const say = useSay();
  const { t, lang } = useI18n();
  const may = useMay('reviews:decide');
  const [asking, setAsking] = useState(false);
  const look = useMutation({
    mutationFn: (reason: string) => ask(staffReviewsIdLookPost({ review_id: review.id }, { reason })),
    onSuccess: () => setAsking(false), onError: say, gcTime: 0,
  });
  const now = Date.now();
  const late = Date.parse(review.due_at) < now;
  return (
    <li className="cs-card" tabIndex={-1} data-row>
      <div className="cs-head">
        <h2>{t(`review.why.${review.why}`)}</h2>
        <Tag color={late ? 'red' : 'default'}>{t(late ? 'contests.late' : 'contests.due', { age: formatAge(review.due_at, now, lang) })}</Tag>
      </div>
      <p className="cs-note">{t('review.promised', { at: formatTime(review.due_at, lang) })}</p>
      {look.data !== undefined ? <Claim claim={look.data} onDecided={onDecided} /> : may ? (
        <div className="cs-acts"><Button onClick={() => setAsking(true)}>{t('review.look')}</Button></div>
      ) : null}
      <WordsDialog
        open={asking} title={t('review.look')} note={t('reason.note')} label={t('reason.words')} action={t('reason.go')} busy={look.isPending}
        onCancel={() => setAsking(false)} onWords={(words) => look.mutate(words)}
      />
    </li>
  );
}

export function Reviews() {
  const ask = useAsk();
  const { t } = useI18n();
  const queries = useQueryClient();
  const list = useQuery({ queryKey: ['reviews'], queryFn: () => ask(staffReviewsGet()), refetchInterval: 60_000 });
  return (
    <>
      <h1>{t('reviews.title')}</h1>
      {list.isPending ? <Skeleton active /> : list.isError ? <Problem error={list.error} onRetry={() => void list.refetch()} /> : list.data.reviews.length === 0 ? (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('reviews.none')} />
      ) : (
        <ul className="cs-rows">
          {list.data.reviews.map((review) => <Review key={review.id} review={review} onDecided={() => void queries.invalidateQueries({ queryKey: ['reviews'] })} />)}
        </ul>
      )}
    </>
  );
}
