/* "Later": the way on at a step that may be left out. */
import * as api from '../../../generated/api';
import type { Signup, SignupStepName } from '../../../generated/api';
import { Button } from '../../kit';
import { useT } from '../i18n';
import { Trouble } from '../kit/trouble';
import { useAction } from '../session/action';
import { usePlainAsk } from '../session/ask';

export function Skip({ step, onTook }: { step: SignupStepName; onTook: (next: Signup) => void }) {
  const t = useT();
  const plain = usePlainAsk();
  const skip = useAction(async () => onTook(await plain(api.signupSkipPost({ step }))));
  return (
    <>
      <Button look="quiet" disabled={skip.busy} onClick={() => void skip.run()}>
        {t('join.later')}
      </Button>
      <Trouble error={skip.error} />
    </>
  );
}
