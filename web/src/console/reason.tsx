/* Asks why before anything personal is shown. The reason is read by the person it concerns. */
import { useId } from 'react';
import { Button, Form, Input, Modal, Radio } from 'antd';
import type { AccessReason, AccessWhy } from '../../generated/api';
import { useT } from './i18n';

export const WHYS: readonly AccessWhy[] = ['support', 'complaint', 'review', 'risk', 'law', 'check'];

export function ReasonDialog({ open, title, busy, onCancel, onReason }: {
  open: boolean;
  title: string;
  busy: boolean;
  onCancel(): void;
  onReason(reason: AccessReason): void;
}) {
  const t = useT();
  const id = useId();
  return (
    <Modal open={open} title={title} onCancel={onCancel} footer={null} destroyOnHidden>
      <p className="cs-note">{t('reason.note')}</p>
      <Form<AccessReason> layout="vertical" onFinish={onReason} initialValues={{ why: 'support' }} requiredMark={false}>
        <fieldset className="cs-fieldset">
          <legend>{t('reason.why')}</legend>
          <Form.Item name="why" noStyle>
            <Radio.Group options={WHYS.map((why) => ({ value: why, label: t(`why.${why}`) }))} />
          </Form.Item>
        </fieldset>
        <Form.Item name="reason" label={t('reason.words')} htmlFor={id} rules={[{ required: true, min: 6, whitespace: true, message: t('reason.short') }]}>
          <Input.TextArea id={id} rows={3} maxLength={250} />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={busy}>{t('reason.go')}</Button>
      </Form>
    </Modal>
  );
}

/** A reason in words only: for proposals, verdicts, answers. */
export function WordsDialog({ open, title, note, label, action, danger, busy, onCancel, onWords }: {
  open: boolean;
  title: string;
  note?: string;
  label: string;
  action: string;
  danger?: boolean;
  busy: boolean;
  onCancel(): void;
  onWords(words: string): void;
}) {
  const t = useT();
  const id = useId();
  return (
    <Modal open={open} title={title} onCancel={onCancel} footer={null} destroyOnHidden>
      {note === undefined ? null : <p className="cs-note">{note}</p>}
      <Form<{ words: string }> layout="vertical" onFinish={({ words }) => onWords(words)} requiredMark={false}>
        <Form.Item name="words" label={label} htmlFor={id} rules={[{ required: true, min: 6, whitespace: true, message: t('reason.short') }]}>
          <Input.TextArea id={id} rows={4} maxLength={250} />
        </Form.Item>
        <Button type="primary" danger={danger ?? false} htmlType="submit" loading={busy}>{action}</Button>
      </Form>
    </Modal>
  );
}
