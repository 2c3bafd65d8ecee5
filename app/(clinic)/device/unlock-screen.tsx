import { useEffect, useState } from 'react';
import type { PhoneUser } from '../../device/phone.ts';
import { type UnlockAnswer, unlock } from '../../device/unlock.ts';
import { useOutboxCounts } from '../../device/watch.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Initials, List, ListRow } from '../../ui/list-row.tsx';
import { PinPad } from '../../ui/pin-pad.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { LanguageChoice } from '../me/language-choice.tsx';
import { initials } from '../patient/patient-name.ts';
import { Alone } from './alone.tsx';
import { wasIdle } from './idle-note.ts';
import { PIN_LENGTH } from './pin.ts';
import { usePinHash } from './use-pin-hash.ts';

/** Who is there, then the PIN. What was on the screen before comes back after it: the address stays. */
export function UnlockScreen({ users }: { users: readonly PhoneUser[] }) {
  const { t } = useText();
  const [user, setUser] = useState<PhoneUser | null>(users.length === 1 ? (users[0] ?? null) : null);
  const counts = useOutboxCounts();
  return (
    <Alone>
      <p className="text-center font-semibold text-accent">{t('app.name')}</p>
      {wasIdle() && (
        <p className="text-center text-text-2">
          {t('lock.lockedIdle')} · {t('lock.draftKept')}
        </p>
      )}
      {user === null ? (
        <WhoIsThere users={users} onChoose={setUser} />
      ) : (
        <PinEntry key={user.userId} user={user} onOther={users.length > 1 ? () => setUser(null) : null} />
      )}
      {counts !== undefined && (
        <p className="text-center text-sm text-text-2">{t('sync.unsent', { count: counts.unsent })}</p>
      )}
      <div className="mt-auto pt-6">
        <LanguageChoice />
      </div>
    </Alone>
  );
}

function WhoIsThere({ users, onChoose }: { users: readonly PhoneUser[]; onChoose: (user: PhoneUser) => void }) {
  const { t } = useText();
  return (
    <>
      <h1 className="text-center text-xl">{t('lock.chooseUser')}</h1>
      <Card flush>
        <List>
          {users.map((user) => (
            <ListRow
              key={user.userId}
              lead={<Initials text={initials(user.name)} />}
              title={<bdi>{user.name}</bdi>}
              onSelect={() => onChoose(user)}
            />
          ))}
        </List>
      </Card>
    </>
  );
}

type Refused = Extract<UnlockAnswer, { ok: false }>;

function PinEntry({ user, onOther }: { user: PhoneUser; onOther: (() => void) | null }) {
  const { t } = useText();
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Refused | null>(null);
  usePinHash();
  const secondsLeft = useSecondsUntil(refused?.waitUntilMs ?? null);
  const change = async (pin: string) => {
    setTyped(pin);
    if (pin.length < PIN_LENGTH) return;
    setBusy(true);
    const answer = await unlock(user.userId, pin);
    if (answer.ok) return;
    setBusy(false);
    setTyped('');
    setRefused(answer);
  };
  return (
    <>
      <h1 className="text-center text-xl">
        <bdi>{user.name}</bdi>
      </h1>
      <p className="text-center text-text-2">{busy ? t('pin.unlocking') : t('pin.unlockTitle')}</p>
      <PinPad
        label={t('pin.unlockTitle')}
        value={typed}
        length={PIN_LENGTH}
        onChange={(pin) => void change(pin)}
        disabled={busy || secondsLeft > 0}
        enteredText={t('pin.entered', { count: typed.length, length: PIN_LENGTH })}
        deleteText={t('pin.deleteDigit')}
        error={typed === '' && refused !== null && <WrongPin refused={refused} secondsLeft={secondsLeft} />}
      />
      {onOther && (
        <Button look="quiet" onClick={onOther}>
          {t('lock.otherUser')}
        </Button>
      )}
    </>
  );
}

function WrongPin({ refused, secondsLeft }: { refused: Refused; secondsLeft: number }) {
  const { t } = useText();
  if (secondsLeft > 0) return t('pin.wait', { seconds: secondsLeft });
  return refused.waitUntilMs === null ? t('pin.wrong', { left: refused.attemptsLeft }) : t('pin.tryAgain');
}

/** Seconds until then, counting down; 0 when it is past. */
function useSecondsUntil(untilMs: number | null): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (untilMs === null) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [untilMs]);
  return untilMs === null ? 0 : Math.max(0, Math.ceil((untilMs - now) / 1000));
}
