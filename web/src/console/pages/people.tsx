/* People are found by something known in full, never by leafing. */
import { useState } from 'react';
import { Button, Empty, Form, Input, Radio } from 'antd';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { PeopleSearch } from '../../../generated/api';
import { staffPeopleSearchPost } from '../../../generated/api';
import { formatDay } from '../../lib/time';
import { useAsk, useSay } from '../ask';
import { useI18n } from '../i18n';

export function People() {
  const ask = useAsk();
  const say = useSay();
  const { t, lang } = useI18n();
  const [by, setBy] = useState<PeopleSearch['by']>('phone');
  const search = useMutation({ mutationFn: (body: PeopleSearch) => ask(staffPeopleSearchPost(body)), onError: say });
  return (
    <>
      <h1>{t('people.title')}</h1>
      <p className="cs-note">{t('people.note')}</p>
      <Form<PeopleSearch>
        layout="vertical" className="cs-form" requiredMark={false} initialValues={{ by: 'phone' }}
        onFinish={(body) => search.mutate(body)} onValuesChange={(changed) => changed.by !== undefined && setBy(changed.by)}
      >
        <fieldset className="cs-fieldset">
          <legend>{t('people.by')}</legend>
          <Form.Item name="by" noStyle>
            <Radio.Group options={(['phone', 'email', 'person_id'] as const).map((kind) => ({ value: kind, label: t(`people.by.${kind}`) }))} />
          </Form.Item>
        </fieldset>
        <Form.Item name="value" label={t(`people.by.${by}`)} rules={[{ required: true, min: 3, message: t('people.value.missing') }]}>
          <Input autoComplete="off" />
        </Form.Item>
        <Form.Item name="reason" label={t('reason.words')} rules={[{ required: true, min: 6, whitespace: true, message: t('reason.short') }]}>
          <Input autoComplete="off" maxLength={250} />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={search.isPending}>{t('people.go')}</Button>
      </Form>
      <div aria-live="polite">
        {search.data === undefined ? null : search.data.people.length === 0 ? (
          <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('people.none')} />
        ) : (
          <ul className="cs-rows">
            {search.data.people.map((person) => (
              <li key={person.person_id}>
                <Link to="/people/$personId" params={{ personId: person.person_id }} className="cs-row" data-row>
                  <strong>{person.contacts.map((contact) => contact.masked).join(' · ') || person.person_id}</strong>
                  <span>{t(`person.state.${person.state}`)}</span>
                  <span>{t('people.since', { day: formatDay(person.created_at, lang) })}</span>
                </Link>
              </li>
            ))}
          </ul>
        )}
      </div>
    </>
  );
}
