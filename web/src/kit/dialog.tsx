/* A modal on the browser's own <dialog>: focus, Escape and inertness are its business. */
import { useEffect, useId, useRef } from 'react';
import type { ReactNode } from 'react';
import { useT } from '../i18n';
import { IconButton } from './form';

export function Dialog(props: { title: string; onClose: () => void; children: ReactNode; wide?: boolean; locked?: boolean }) {
  const { title, onClose, children, wide = false, locked = false } = props;
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  const t = useT();
  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    if (dialog !== null && !dialog.open) dialog.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      className={wide ? 'dialog dialog-wide' : 'dialog'}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        if (!locked) onClose();
      }}
    >
      <div className="stack">
        <div className="row-between">
          <h2 id={id}>{title}</h2>
          {!locked && <IconButton icon="cross" label={t('action.close')} onClick={onClose} />}
        </div>
        {children}
      </div>
    </dialog>
  );
}
