/* Recovery codes: how many are left; new ones, shown once, end the old ones. */
import { useState } from 'react';
import * as api from '../../../generated/api';
import { Button, Loaded } from '../../kit';
import { useT } from '../i18n';
import { useStale } from '../kit/load';
import { Trouble } from '../kit/trouble';
import { useAction } from '../session/action';
import { useAsk } from '../session/ask';
import { Head } from '../shell/frame';
import { useFactors } from './factors';
import { SheetOfCodes } from './sheet_of_codes';
import { Used } from './used';

export function RecoveryCodesPage() {
  const t = useT();
  const ask = useAsk();
  const stale = useStale();
  const factors = useFactors();
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const make = useAction(async (_: void, key: string) => {
    const made = await ask(api.meRecoveryCodesPost({ idempotency_key: key }, {}));
    setCodes(made.codes);
    await stale('factors');
  });
  return (
    <>
      <Head title={t('security.recovery_codes')} lead={t('codes.lead')} back={{ href: '/security', label: t('security.back') }} />
      {codes === null ? (
        <Loaded query={factors}>
          {({ recovery_codes: now }) => (
            <section className="card stack" aria-label={t('security.recovery_codes')}>
              <h2>{now.created_at === null ? t('codes.none') : t('codes.left', { count: now.left })}</h2>
              {now.created_at !== null && (
                <p className="small soft">
                  <Used added={now.created_at} used={now.last_used_at} />
                </p>
              )}
              <Trouble error={make.error} />
              <div>
                <Button look="main" disabled={make.busy} onClick={() => void make.run()}>
                  {t('codes.make')}
                </Button>
              </div>
              {now.left > 0 && <p className="small muted">{t('codes.make.note')}</p>}
            </section>
          )}
        </Loaded>
      ) : (
        <SheetOfCodes codes={codes} onDone={() => setCodes(null)} />
      )}
    </>
  );
}
