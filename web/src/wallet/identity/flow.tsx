/* Real-name verification: the form, the wait, and when it did not work which field it was, what to do,
 * and the way by a person with the date of the answer. */
import type { ReactNode } from 'react';
import { useQuery } from '@tanstack/react-query';
import * as api from '../../../generated/api';
import type { Verification, VerificationOverview } from '../../../generated/api';
import { Banner, Button, Facts, Loaded, Skeleton, Time } from '../../kit';
import { useT } from '../i18n';
import { useStale } from '../kit/load';
import { Trouble } from '../kit/trouble';
import { useAction } from '../session/action';
import { useAsk } from '../session/ask';
import { IdentityForm } from '../join/identity_form';

const POLL_MS = 1000;

export function useVerification() {
  const ask = useAsk();
  return useQuery({
    queryKey: ['verification'],
    queryFn: () => ask(api.meVerificationGet()),
    // The provider is asked in the background.
    refetchInterval: ({ state }) => (state.data?.verifications[0]?.state === 'checking' ? POLL_MS : false),
  });
}

/** The newest attempt at name and number. */
function newestOf(overview: VerificationOverview): Verification | null {
  return overview.verifications.find(({ check }) => check === 'name_id') ?? null;
}

export function IdentityFlow({ aside, done }: { aside?: ReactNode; done: (overview: VerificationOverview) => ReactNode }) {
  const overview = useVerification();
  return (
    <Loaded query={overview}>
      {(found) => (found.confirmed ? <>{done(found)}</> : <Attempt newest={newestOf(found)} aside={aside} />)}
    </Loaded>
  );
}

function Attempt({ newest, aside }: { newest: Verification | null; aside: ReactNode }) {
  const t = useT();
  const ask = useAsk();
  const stale = useStale();
  const send = useAction(async (input: api.VerificationNew, key: string) => {
    await ask(api.meVerificationsPost({ idempotency_key: key }, input));
    await stale('verification', 'limits');
  });
  if (newest?.state === 'checking') {
    return (
      <div className="stack" role="status">
        <Banner tone="wait" title={t('identity.checking')}>
          {t('identity.checking.body')}
        </Banner>
        <Skeleton rows={2} />
      </div>
    );
  }
  return (
    <div className="stack-5">
      {newest?.state === 'failed' && <Failed newest={newest} />}
      {newest?.state === 'in_review' && (
        <Banner tone="wait" title={t('identity.in_review')}>
          {newest.review_due_at !== null && (
            <>
              {t('identity.review_due')} <Time iso={newest.review_due_at} />
            </>
          )}
        </Banner>
      )}
      {newest?.state === 'in_review' ? (
        <div className="actions">{aside}</div>
      ) : (
        <IdentityForm
          busy={send.busy}
          error={send.error}
          onSubmit={({ name, number }) => void send.run({ name, id_kind: 'cn_resident', id_number: number })}
          aside={aside}
        />
      )}
    </div>
  );
}

function Failed({ newest }: { newest: Verification }) {
  const t = useT();
  const ask = useAsk();
  const stale = useStale();
  const review = useAction(async (_: void, key: string) => {
    await ask(api.meVerificationsIdReviewPost({ verification_id: newest.id, idempotency_key: key }, {}));
    await stale('verification');
  });
  return (
    <Banner tone="wait" icon="warn" title={t(`identity.fault.${newest.fault}`)} role="alert">
      <div className="stack-2">
        {newest.ways.map((way) => (
          <div key={way}>{t(`identity.way.${way}`)}</div>
        ))}
        <Trouble error={review.error} />
        {newest.ways.includes('review') && (
          <div>
            <Button disabled={review.busy} onClick={() => void review.run()}>
              {t('identity.review')}
            </Button>
          </div>
        )}
      </div>
    </Banner>
  );
}

export function ConfirmedIdentity({ overview }: { overview: VerificationOverview }) {
  const t = useT();
  return (
    <section className="card stack" aria-label={t('identity.title')} data-testid="identity">
      <Facts
        facts={[
          { label: t('join.identity.name'), value: overview.name_masked },
          { label: t('join.identity.number'), value: <span className="mono">{overview.id_number_masked}</span> },
          overview.level_code === '' ? null : { label: t('identity.level'), value: overview.level_code },
          overview.confirmed_at === null ? null : { label: t('identity.since'), value: <Time iso={overview.confirmed_at} /> },
          { label: t('identity.sources'), value: overview.sources.map(({ check }) => t(`identity.source.${check}`)).join(t('words.and')) },
        ]}
      />
      {overview.sources_for_next > 0 && <p className="small soft">{t('identity.next', { count: overview.sources_for_next })}</p>}
    </section>
  );
}
