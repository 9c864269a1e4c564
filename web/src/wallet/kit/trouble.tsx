/* What went wrong with an action, whatever it was: a problem of the server's or a refusal of the
 * browser's. */
import { Banner, Problem } from '../../kit';
import { useT } from '../i18n';
import { PasskeyRefused } from '../session/passkey';

export function Trouble({ error }: { error: unknown }) {
  const t = useT();
  if (error === null) return null;
  if (error instanceof PasskeyRefused) {
    return (
      <Banner tone="wait" icon="warn" role="alert">
        {t(error.words)}
      </Banner>
    );
  }
  return <Problem error={error} />;
}
