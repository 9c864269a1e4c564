/* A password to be, judged by the server while it is typed: how good, why not, what would be better. */
import { useEffect, useState } from 'react';
import * as api from '../../../generated/api';
import { useI18n, useT } from '../i18n';
import { Meter } from '../kit/meter';
import { PasswordField } from '../kit/password';
import { usePlainAsk } from '../session/ask';

const PAUSE_MS = 350;
const SCORE_MAX = 4;

interface Judged {
  text: string;
  strength: api.PasswordStrength;
}

/** Judges what is typed once the person pauses; the newest answer is shown until there is a newer one. */
function useStrength(text: string, own: string | undefined): api.PasswordStrength | null {
  const plain = usePlainAsk();
  const { lang } = useI18n();
  const [judged, setJudged] = useState<Judged | null>(null);
  useEffect(() => {
    if (text === '') return undefined;
    let current = true;
    const ask = async () => {
      try {
        const question = { password: text, ...(own === undefined ? {} : { own_words: own }) };
        const strength = await plain(api.passwordsStrengthPost(question));
        if (current) setJudged({ text, strength });
      } catch {
        /* Only a help while typing: whether the password will do is said when it is sent. */
      }
    };
    const timer = setTimeout(() => void ask(), PAUSE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [text, own, plain, lang]);
  return text === '' ? null : (judged?.strength ?? null);
}

export function NewPassword(props: {
  label?: string;
  value: string;
  onValue: (value: string) => void;
  /** The person's own number or address, which the password must not be made of. */
  own?: string;
  fault?: string | null;
}) {
  const { label, value, onValue, own, fault } = props;
  const t = useT();
  const shown = useStrength(value, own);
  const words = [t('strength.0'), t('strength.1'), t('strength.2'), t('strength.3'), t('strength.4')];
  return (
    <div className="stack-2">
      <PasswordField label={label ?? t('join.password')} value={value} onValue={onValue} fresh fault={fault ?? null} hint={t('join.password.hint')} />
      <div role="status" className="stack-2" data-testid="strength">
        {shown !== null && (
          <>
            <Meter
              part={shown.score}
              whole={SCORE_MAX}
              label={t('strength.label')}
              tone={shown.enough ? 'good' : 'wait'}
            />
            <p className="small">
              <strong>{words[shown.score]}</strong>
              {shown.reason !== null && <> · {shown.reason}</>}
              {shown.advice !== null && <> · {shown.advice}</>}
            </p>
          </>
        )}
      </div>
    </div>
  );
}
