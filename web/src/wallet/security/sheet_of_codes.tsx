/* Recovery codes, shown once: to print, to save as a file, to copy. */
import { Button, CopyButton, useToast } from '../../kit';
import { saveText } from '../../lib/download';
import { useT } from '../i18n';

export function SheetOfCodes({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) {
  const t = useT();
  const toast = useToast();
  const text = `${t('codes.file.title')}\n${t('codes.file.lead')}\n\n${codes.join('\n')}\n`;
  return (
    <section className="card stack" aria-label={t('security.recovery_codes')}>
      <h2>{t('codes.new.title')}</h2>
      <p className="soft">{t('codes.new.lead')}</p>
      <ol className="code-list" data-testid="recovery-codes">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ol>
      <div className="actions no-print">
        <Button look="main" icon="file" onClick={() => window.print()}>
          {t('codes.print')}
        </Button>
        <Button
          icon="download"
          onClick={() => {
            saveText('jinnang-recovery-codes.txt', text, 'text/plain');
            toast(t('codes.saved'));
          }}
        >
          {t('codes.download')}
        </Button>
        <CopyButton text={codes.join('\n')} label={t('codes.copy')} />
      </div>
      <div className="no-print">
        <Button look="quiet" onClick={onDone}>
          {t('codes.done')}
        </Button>
      </div>
    </section>
  );
}
