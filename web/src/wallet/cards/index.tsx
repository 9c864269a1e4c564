/* Bank cards: masked, which is used first, and binding or unbinding one. */
import * as api from '../../../generated/api';
import type { Card } from '../../../generated/api';
import { Badge, Button, Loaded, Time, useToast } from '../../kit';
import { useT } from '../i18n';
import { useStale } from '../kit/load';
import { RowItem, Rows } from '../kit/rows';
import { Trouble } from '../kit/trouble';
import { useAction } from '../session/action';
import { useAsk } from '../session/ask';
import { Head } from '../shell/frame';
import { BindCard, useBankName, useCards } from './bind';

export function CardsPage() {
  const t = useT();
  const cards = useCards();
  return (
    <>
      <Head title={t('cards.title')} lead={t('cards.lead')} back={{ href: '/me', label: t('tab.me') }} />
      <Loaded query={cards}>
        {(list) => {
          const bound = list.cards.filter(({ state }) => state === 'bound');
          return (
            <>
              {bound.length > 0 && (
                <Rows>
                  {bound.map((card) => (
                    <CardRow key={card.id} card={card} />
                  ))}
                </Rows>
              )}
              {bound.length < list.cards_max && (
                <section className="card stack" aria-label={t('cards.add')}>
                  <h2>{t('cards.add')}</h2>
                  <BindCard list={list} />
                </section>
              )}
            </>
          );
        }}
      </Loaded>
    </>
  );
}

function CardRow({ card }: { card: Card }) {
  const t = useT();
  const ask = useAsk();
  const toast = useToast();
  const stale = useStale();
  const bankName = useBankName();
  const first = useAction(async () => {
    await ask(api.meCardsIdPut({ card_id: card.id }, { make_default: true }));
    await stale('cards');
  });
  const unbind = useAction(async () => {
    await ask(api.meCardsIdDelete({ card_id: card.id }));
    await stale('cards', 'verification', 'limits');
    toast(t('cards.unbound'));
  });
  return (
    <RowItem
      icon="card"
      title={`${bankName(card)} ${card.masked}`}
      note={
        <>
          {t(`cards.kind.${card.kind}`)}
          {card.bound_at !== null && (
            <>
              {' · '}
              {t('cards.since')} <Time iso={card.bound_at} />
            </>
          )}
        </>
      }
    >
      {card.is_default ? (
        <Badge tone="good">{t('cards.default')}</Badge>
      ) : (
        <Button small disabled={first.busy} onClick={() => void first.run()}>
          {t('cards.make_default')}
        </Button>
      )}
      <Button small disabled={unbind.busy} onClick={() => void unbind.run()}>
        {t('cards.unbind')}
      </Button>
      <Trouble error={first.error} />
      <Trouble error={unbind.error} />
    </RowItem>
  );
}
