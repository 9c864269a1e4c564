/* The fourth screen: a bank card of one's own, or later. */
import { useQueryClient } from '@tanstack/react-query';
import * as api from '../../../generated/api';
import type { Signup } from '../../../generated/api';
import { Banner, Button, Loaded } from '../../kit';
import { BindCard, useCards } from '../cards/bind';
import { useT } from '../i18n';
import { Trouble } from '../kit/trouble';
import { useAction } from '../session/action';
import { usePlainAsk } from '../session/ask';
import { Screen } from './screen';
import { Skip } from './skip';

export function Card({ onTook }: { onTook: (next: Signup) => void }) {
  const t = useT();
  const plain = usePlainAsk();
  const queries = useQueryClient();
  const cards = useCards();
  const next = useAction(async () => {
    const signup = await plain(api.signupGet());
    queries.setQueryData(['signup'], signup);
    onTook(signup);
  });
  return (
    <Screen step={4} title={t('join.card.title')} lead={t('join.card.lead')}>
      <Loaded query={cards}>
        {(list) => {
          const bound = list.cards.find(({ state }) => state === 'bound');
          return bound === undefined ? (
            <BindCard list={list} aside={<Skip step="card" onTook={onTook} />} />
          ) : (
            <div className="stack">
              <Banner tone="good" title={t('cards.bound')}>
                {bound.masked}
              </Banner>
              <Trouble error={next.error} />
              <div>
                <Button look="main" disabled={next.busy} onClick={() => void next.run()}>
                  {t('join.password.save')}
                </Button>
              </div>
            </div>
          );
        }}
      </Loaded>
    </Screen>
  );
}
