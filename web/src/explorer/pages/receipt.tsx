/* A receipt of one side of a transfer, checked on this machine before it is shown as true. */
import { useEffect } from 'react';
import type { Side } from '../api/model';
import { useTransfer, useReceipt } from '../api/queries';
import { useT } from '../i18n';
import { Button, Id, Loaded, Segments } from '../../kit';
import { saveText } from '../../lib/download';
import { useSearchParams } from '../../lib/params';
import { ProofReport, useCheck } from './proof_report';
import { PageHead } from './shell';

const NAMES = ['side'] as const;

export function ReceiptPage({ id }: { id: string }) {
  const t = useT();
  const transfer = useTransfer(id);
  const [params, change] = useSearchParams(NAMES);
  const side = params.side === 'debit' ? 'debit' : 'credit';
  return (
    <>
      <PageHead
        title={t('receipt.title')}
        lead={<Id id={id} full copy />}
        back={{ href: `/transfers/${id}`, label: t('transfer.title') }}
      >
        <Segments
          label={t('receipt.side')}
          value={side}
          options={[
            { value: 'debit', label: t('side.debit') },
            { value: 'credit', label: t('side.credit') },
          ]}
          onValue={(value) => change({ side: value })}
        />
      </PageHead>
      <p className="soft">{t('receipt.lead')}</p>
      <Loaded query={transfer}>
        {(moved) => <Checked key={side} id={moved.id} side={side} />}
      </Loaded>
    </>
  );
}

function Checked({ id, side }: { id: string; side: Side }) {
  const t = useT();
  const receipt = useReceipt(id, side);
  const check = useCheck();
  const { run } = check;
  const text = receipt.data;
  useEffect(() => {
    if (text !== undefined) void run(text);
  }, [text, run]);
  return (
    <>
      <Loaded query={receipt}>
        {(file) => (
          <div className="actions no-print">
            <Button icon="download" onClick={() => saveText(`${id}.receipt.json`, file, 'application/json')}>
              {t('receipt.save')}
            </Button>
            <Button icon="file" onClick={() => window.print()}>
              {t('receipt.print')}
            </Button>
            <Button icon="verify" onClick={() => void run(file)}>
              {t('receipt.again')}
            </Button>
          </div>
        )}
      </Loaded>
      <ProofReport check={check} />
    </>
  );
}
