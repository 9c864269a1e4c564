/* Privacy: take one's data along, see and change what one agreed to, end the account. */
import * as api from '../../../generated/api';
import { Button, useToast } from '../../kit';
import { saveText } from '../../lib/download';
import { useT } from '../i18n';
import { RowLink, Rows } from '../kit/rows';
import { Trouble } from '../kit/trouble';
import { useAction } from '../session/action';
import { useAsk } from '../session/ask';
import { Head } from '../shell/frame';

export function PrivacyPage() {
  const t = useT();
  const ask = useAsk();
  const toast = useToast();
  const save = useAction(async () => {
    const all = await ask(api.meExportGet());
    saveText('jinnang-my-data.json', JSON.stringify(all, null, 2), 'application/json');
    toast(t('export.saved'));
  });
  const read = useAction(async () => {
    saveText('jinnang-my-data.html', await ask(api.meExportPageGet()), 'text/html');
    toast(t('export.saved'));
  });
  return (
    <>
      <Head title={t('privacy.title')} lead={t('privacy.lead')} back={{ href: '/me', label: t('me.title') }} />
      <section className="card stack" aria-label={t('export.title')}>
        <h2>{t('export.title')}</h2>
        <p className="soft">{t('export.lead')}</p>
        <Trouble error={save.error} />
        <Trouble error={read.error} />
        <div className="actions">
          <Button look="main" icon="file" disabled={read.busy} onClick={() => void read.run()}>
            {t('export.page')}
          </Button>
          <Button icon="download" disabled={save.busy} onClick={() => void save.run()}>
            {t('export.json')}
          </Button>
        </div>
      </section>
      <Rows>
        <RowLink href="/security/access-log" icon="eye" title={t('security.access')} note={t('privacy.access.note')} />
        <RowLink href="/privacy/consents" icon="check" title={t('consents.title')} note={t('privacy.consents.note')} />
        <RowLink href="/privacy/deletion" icon="cross" title={t('deletion.title')} note={t('privacy.deletion.note')} />
      </Rows>
    </>
  );
}
