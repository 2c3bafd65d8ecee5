import { useState } from 'react';
import { codeLabel } from '../../../lib/text/translate.ts';
import { usePhone, useSession } from '../../device/phone.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Choice } from '../../ui/choice.tsx';
import { Initials, List, ListRow } from '../../ui/list-row.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { useClinicRecords } from '../clinic/clinic-records.tsx';
import { lockEveryTab } from '../device/use-idle-lock.ts';
import { UpdateBanner } from '../device/version.tsx';
import { Facts } from '../event/facts.tsx';
import { DraftList } from '../form/draft-list.tsx';
import { initials } from '../patient/patient-name.ts';
import { LanguageChoice } from './language-choice.tsx';
import { readTheme, setTheme, THEMES, type Theme } from './theme.ts';

/** The user, this phone, and how it looks and speaks. */
export function MeScreen() {
  const { t } = useText();
  const session = useSession();
  const { clinicName, actor } = useClinicRecords();
  return (
    <>
      <PageHeader title={t('me.title')} detail={<bdi>{t('me.signedInAs', { name: session.name })}</bdi>} />
      <UpdateBanner />
      <Card>
        <Facts
          facts={[
            { key: 'clinic', label: t('me.clinic'), value: clinicName ?? t('app.unknown') },
            { key: 'role', label: t('me.role'), value: actor ? codeLabel(t, 'role', actor.role) : t('app.unknown') },
          ]}
        />
      </Card>
      <Button icon="lock" look="primary" wide onClick={() => void lockEveryTab()}>
        {t('lock.lockNow')}
      </Button>
      <Card title={t('me.settings')}>
        <div className="flex flex-col gap-4">
          <LanguageChoice />
          <ThemeChoice />
        </div>
      </Card>
      <PhoneUsers />
      <DraftList />
    </>
  );
}

function ThemeChoice() {
  const { t } = useText();
  const [theme, choose] = useState<Theme>(readTheme);
  const words = {
    system: t('app.themeSystem'),
    light: t('app.themeLight'),
    dark: t('app.themeDark'),
    contrast: t('app.themeContrast'),
  };
  return (
    <Choice
      label={t('app.theme')}
      look="buttons"
      options={THEMES.map((one) => ({ value: one, label: words[one] }))}
      value={theme}
      onChange={(value) => {
        const next = THEMES.find((one) => one === value) ?? 'system';
        setTheme(next);
        choose(next);
      }}
    />
  );
}

function PhoneUsers() {
  const { t } = useText();
  const phone = usePhone();
  const users = phone.state === 'open' ? phone.users : [];
  return (
    <Card
      flush
      title={t('me.device')}
      action={
        <ButtonLink href="/c/me/add-user" look="quiet" icon="user-add">
          {t('me.addUser')}
        </ButtonLink>
      }
    >
      <List>
        {users.map((user) => (
          <ListRow key={user.userId} lead={<Initials text={initials(user.name)} />} title={<bdi>{user.name}</bdi>} />
        ))}
      </List>
    </Card>
  );
}
