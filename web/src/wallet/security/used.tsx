/* When a factor was added, and last used. */
import { Time } from '../../kit';
import { useT } from '../i18n';

export function Used({ added, used }: { added: string; used: string | null }) {
  const t = useT();
  return (
    <>
      {t('factor.added')} <Time iso={added} />
      <br />
      {used === null ? (
        t('factor.never')
      ) : (
        <>
          {t('factor.used')} <Time iso={used} />
        </>
      )}
    </>
  );
}
