/* What one person proposed and another decides. What is shown is what is carried out. */
import { useState } from 'react';
import { Button, Descriptions, Empty, Radio, Skeleton, Tag } from 'antd';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Approval } from '../../../generated/api';
import { staffApprovalsGet, staffApprovalsIdDecisionPost, staffApprovalsIdDelete } from '../../../generated/api';
import { Problem } from '../../kit/state';
import { formatTime } from '../../lib/time';
import { useAsk, useIntent, useSay } from '../ask';
import { useI18n } from '../i18n';
import { WordsDialog } from '../reason';

function Proposal({ approval, onChanged }: { approval: Approval; onChanged(): void }) {
  const ask = useAsk();
  const say = useSay();
  const { t, lang, has } = useI18n();
  const intent = useIntent();
  const [decision, setDecision] = useState<'approve' | 'reject' | null>(null);
  const settled = () => {
    intent.done();
    setDecision(null);
    onChanged();
  };
  const decide = useMutation({
    mutationFn: (reason: string) => ask(staffApprovalsIdDecisionPost({ approval_id: approval.id, idempotency_key: intent.key() }, { decision: decision ?? 'reject', reason })),
    onSuccess: settled, onError: say,
  });
  const withdraw = useMutation({ mutationFn: () => ask(staffApprovalsIdDelete({ approval_id: approval.id })), onSuccess: settled, onError: say });
  const kind = `approval.kind.${approval.kind}`;
  return (
    <li className="cs-card" tabIndex={-1} data-row>
      <div className="cs-head">
        <h2>{has(kind) ? (t as (key: string) => string)(kind) : approval.kind}</h2>
        <Tag>{t(`approval.state.${approval.state}`)}</Tag>
      </div>
      <Descriptions
        column={{ xs: 1, md: 2 }} size="small"
        items={[
          ...approval.fields.map(({ name, value }) => ({
            key: name, label: has(`approval.field.${name}`) ? (t as (key: string) => string)(`approval.field.${name}`) : name, children: <code>{value || '—'}</code>,
          })),
          { key: '~maker', label: t('approval.maker'), children: approval.maker },
          { key: '~reason', label: t('approval.reason'), children: approval.reason },
          { key: '~expires', label: t('approval.expires'), children: formatTime(approval.expires_at, lang) },
          ...(approval.decided_at === null ? [] : [{ key: '~decided', label: t('approval.decided'), children: formatTime(approval.decided_at, lang) }]),
          ...(approval.decider === null ? [] : [{ key: '~decider', label: t('approval.decider'), children: approval.decider }]),
          ...(approval.verdict === null ? [] : [{ key: '~verdict', label: t('approval.verdict'), children: approval.verdict }]),
        ]}
      />
      <div className="cs-acts">
        {approval.can_decide ? (
          <>
            <Button type="primary" onClick={() => setDecision('approve')}>{t('approval.approve')}</Button>
            <Button danger onClick={() => setDecision('reject')}>{t('approval.reject')}</Button>
          </>
        ) : null}
        {approval.can_withdraw ? <Button loading={withdraw.isPending} onClick={() => withdraw.mutate()}>{t('approval.withdraw')}</Button> : null}
      </div>
      <WordsDialog
        open={decision !== null} title={t(decision === 'approve' ? 'approval.approve' : 'approval.reject')} label={t('reason.words')}
        {...(decision === 'approve' ? { note: t('approval.note') } : {})} danger={decision === 'reject'}
        action={t(decision === 'approve' ? 'approval.approve' : 'approval.reject')} busy={decide.isPending} onCancel={() => setDecision(null)} onWords={(words) => decide.mutate(words)}
      />
    </li>
  );
}

export function Approvals() {
  const ask = useAsk();
  const { t } = useI18n();
  const state = useSearch({ from: '/approvals' }).state ?? 'open';
  const navigate = useNavigate({ from: '/approvals' });
  const queries = useQueryClient();
  const list = useQuery({ queryKey: ['approvals', state], queryFn: () => ask(staffApprovalsGet({ state, limit: 100 })), refetchInterval: 30_000 });
  return (
    <>
      <h1>{t('approvals.title')}</h1>
      <fieldset className="cs-fieldset">
        <legend>{t('approvals.show')}</legend>
        <Radio.Group
          value={state} options={[{ value: 'open', label: t('approvals.open') }, { value: 'all', label: t('approvals.all') }]}
          onChange={({ target }) => void navigate({ search: target.value === 'all' ? { state: 'all' } : {} })}
        />
      </fieldset>
      {list.isPending ? <Skeleton active /> : list.isError ? <Problem error={list.error} onRetry={() => void list.refetch()} /> : list.data.approvals.length === 0 ? (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('approvals.none')} />
      ) : (
        <ul className="cs-rows">
          {list.data.approvals.map((approval) => <Proposal key={approval.id} approval={approval} onChanged={() => void queries.invalidateQueries({ queryKey: ['approvals'] })} />)}
        </ul>
      )}
    </>
  );
}
