/* The console around its pages: where one can go, who is here, language, appearance, the sheet of keys. */
import { useState } from 'react';
import { Button, Modal, Switch } from 'antd';
import { AuditOutlined, IdcardOutlined, LogoutOutlined, QuestionCircleOutlined, SolutionOutlined, TeamOutlined, UserOutlined } from '@ant-design/icons';
import { Link, Outlet } from '@tanstack/react-router';
import { useQueryClient } from '@tanstack/react-query';
import type { StaffCapability } from '../../../generated/api';
import { sessionDelete } from '../../../generated/api';
import { LANGS } from '../../i18n';
import { Mark } from '../../kit/mark';
import { useAsk, useMember, useSay } from '../ask';
import { useI18n } from '../i18n';
import type { PlainKey } from '../i18n';
import { keysAreOn, turnKeys, useKeys } from '../keys';
import { chooseLook, currentLook, LOOKS } from '../theme';
import type { Look } from '../theme';

const PLACES: readonly { to: '/people' | '/reviews' | '/contests' | '/approvals' | '/staff'; name: PlainKey; icon: typeof TeamOutlined; needs: StaffCapability | null }[] = [
  { to: '/people', name: 'nav.people', icon: UserOutlined, needs: 'people:search' },
  { to: '/reviews', name: 'nav.reviews', icon: IdcardOutlined, needs: 'reviews:read' },
  { to: '/contests', name: 'nav.contests', icon: SolutionOutlined, needs: 'locks:lift' },
  { to: '/approvals', name: 'nav.approvals', icon: AuditOutlined, needs: null },
  { to: '/staff', name: 'nav.staff', icon: TeamOutlined, needs: 'staff:read' },
];

function Sheet({ open, onClose }: { open: boolean; onClose(): void }) {
  const { t } = useI18n();
  const [on, setOn] = useState(keysAreOn);
  return (
    <Modal open={open} onCancel={onClose} footer={null} title={t('keys.title')}>
      <dl className="cs-keys">
        <dt><kbd>J</kbd></dt>
        <dd>{t('keys.next')}</dd>
        <dt><kbd>K</kbd></dt>
        <dd>{t('keys.previous')}</dd>
        <dt><kbd>?</kbd></dt>
        <dd>{t('keys.sheet')}</dd>
      </dl>
      <label className="cs-switch">
        <Switch
          checked={on}
          onChange={(value) => {
            turnKeys(value);
            setOn(value);
          }}
        />
        {t('keys.on')}
      </label>
    </Modal>
  );
}

function Choices() {
  const { t, lang, setLang } = useI18n();
  const [look, setLook] = useState(currentLook);
  return (
    <div className="cs-choices">
      <label>
        {t('lang.label')}
        <select value={lang} onChange={(event) => setLang(event.target.value === 'en' ? 'en' : 'zh-CN')}>
          {LANGS.map((name) => <option key={name} value={name}>{name === 'en' ? 'English' : '简体中文'}</option>)}
        </select>
      </label>
      <label>
        {t('theme.label')}
        <select
          value={look}
          onChange={(event) => {
            const next = event.target.value as Look;
            chooseLook(next);
            setLook(next);
          }}
        >
          {LOOKS.map((name) => <option key={name} value={name}>{t(`theme.${name}`)}</option>)}
        </select>
      </label>
    </div>
  );
}

export function Frame() {
  const { t } = useI18n();
  const ask = useAsk();
  const say = useSay();
  const member = useMember();
  const queries = useQueryClient();
  const { sheet, setSheet } = useKeys();
  const leave = async () => {
    try {
      await ask(sessionDelete());
      queries.clear();
      window.location.assign('/console/');
    } catch (error) {
      say(error);
    }
  };
  return (
    <div className="cs-frame">
      <a className="cs-skip" href="#content">{t('nav.skip')}</a>
      <header className="cs-side">
        <div className="cs-brand"><Mark size={28} /> <span>{t('brand.console')}</span></div>
        <nav aria-label={t('nav.label')}>
          {PLACES.filter(({ needs }) => needs === null || member.capabilities.includes(needs)).map(({ to, name, icon: Icon }) => (
            <Link key={to} to={to} className="cs-place" activeProps={{ 'aria-current': 'page' }}>
              <Icon aria-hidden /> {t(name)}
            </Link>
          ))}
        </nav>
        <div className="cs-foot">
          <Choices />
          <p className="cs-who">{member.name}</p>
          <Button type="text" icon={<QuestionCircleOutlined aria-hidden />} onClick={() => setSheet(true)}>{t('keys.title')}</Button>
          <Button type="text" icon={<LogoutOutlined aria-hidden />} onClick={() => void leave()}>{t('session.leave')}</Button>
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        <Outlet />
      </main>
      <Sheet open={sheet} onClose={() => setSheet(false)} />
    </div>
  );
}
