/* An account as people call it: "Wallet 1001", "Bank". Its id stands in the title, and in its place
 * when there are too many accounts to know them all by name. */
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { useI18n } from '../i18n';
import { Id } from '../../kit';
import { useClient } from '../session';

const NAMED_MAX = 500;

export function AccountName({ id }: { id: string }) {
  const { t, has } = useI18n();
  const client = useClient();
  const { data } = useQuery({
    queryKey: ['account-names'],
    queryFn: () => client.listAccounts({ kind: '', currency: '', owner: '' }, '', NAMED_MAX),
    staleTime: 60_000,
  });
  const found = data?.items.find((account) => account.id === id);
  const key = `kind.${found?.kind ?? ''}` as 'kind.bank';
  const href = `/accounts/${id}`;
  if (found === undefined || !has(key)) return <Id id={id} href={href} />;
  return (
    <Link href={href} className="id-link nowrap" title={id}>
      {t(key)}
      {found.owner !== null && <span className="num"> {found.owner}</span>}
    </Link>
  );
}
