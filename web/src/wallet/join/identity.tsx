/* The third screen: name and id number; later is a way on, too. */
import { useQueryClient } from '@tanstack/react-query';
import * as api from '../../../generated/api';
import type { Signup } from '../../../generated/api';
import { Button } from '../../kit';
import { useT } from '../i18n';
import { ConfirmedIdentity, IdentityFlow } from '../identity/flow';
import { Trouble } from '../kit/trouble';
import { useAction } from '../session/action';
import { usePlainAsk } from '../session/ask';
import { Screen } from './screen';
import { Skip } from './skip';

export function Identity({ onTook }: { onTook: (next: Signup) => void }) {
  const t = useT();
  const plain = usePlainAsk();
  const queries = useQueryClient();
  const next = useAction(async () => {
    const signup = await plain(api.signupGet());
    queries.setQueryData(['signup'], signup);
    onTook(signup);
  });
  return (
    <Screen step={3} title={t('join.identity.title')} lead={t('join.identity.lead')}>
      <IdentityFlow
        aside={<Skip step="identity" onTook={onTook} />}
        done={(overview) => (
          <div className="stack">
            <ConfirmedIdentity overview={overview} />
            <Trouble error={next.error} />
            <div>
              <Button look="main" disabled={next.busy} onClick={() => void next.run()}>
                {t('join.password.save')}
              </Button>
            </div>
          </div>
        )}
      />
    </Screen>
  );
}
