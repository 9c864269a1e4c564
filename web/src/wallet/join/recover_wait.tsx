/* The waiting time of a recovery: until when, why so long, and how to come back. */
import { useState } from 'react';
import { Banner, Button, CopyButton, Dialog, Facts, Time, useToast } from '../../kit';
import { saveText } from '../../lib/download';
import { useT } from '../i18n';
import { slipOf } from '../lib/recovery';
import type { Kept } from '../lib/recovery';
import { Head } from '../shell/frame';

export function Waiting({ kept, onOther }: { kept: Kept; onOther: () => void }) {
  const t = useT();
  const toast = useToast();
  const [asking, setAsking] = useState(false);
  const { recovery } = kept;
  const ready = recovery?.ready_at ?? null;
  if (recovery === null || ready === null) return null;
  // What came by a slip brings only the date.
  const known = recovery.proofs.length > 0;
  const slip = slipOf(kept);
  return (
    <>
      <Head title={t('recover.wait.title')} lead={t('recover.wait.lead')} />
      <Banner tone={recovery.proofs.length === 1 ? 'wait' : 'plain'} icon="clock" role="status">
        {recovery.proofs.length === 1 ? t('recover.wait.longer') : t('recover.wait.why')}
      </Banner>
      <section className="card stack">
        <Facts
          facts={[
            { label: t('recover.wait.from'), value: <Time iso={ready} /> },
            known ? { label: t('recover.wait.until'), value: <Time iso={recovery.expires_at} /> } : null,
          ]}
        />
      </section>
      <section className="card stack" aria-label={t('recover.slip')}>
        <h2>{t('recover.slip')}</h2>
        <p className="soft">{t('recover.slip.lead')}</p>
        <p>
          <code className="wrap" data-testid="recovery-slip">
            {slip}
          </code>
        </p>
        <div className="actions">
          <Button
            icon="download"
            onClick={() => {
              saveText('jinnang-recovery-slip.txt', `${t('recover.slip.file')}\n\n${slip}\n`, 'text/plain');
              toast(t('recover.slip.saved'));
            }}
          >
            {t('recover.slip.save')}
          </Button>
          <CopyButton text={slip} label={t('recover.slip.copy')} />
        </div>
      </section>
      <div>
        <Button look="quiet" onClick={() => setAsking(true)}>
          {t('recover.anew')}
        </Button>
      </div>
      {asking && (
        <Dialog title={t('recover.anew')} onClose={() => setAsking(false)}>
          <p>{t('recover.anew.sure')}</p>
          <div className="actions">
            <Button look="harm" onClick={onOther}>
              {t('recover.anew')}
            </Button>
            <Button look="quiet" onClick={() => setAsking(false)}>
              {t('action.cancel')}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}
