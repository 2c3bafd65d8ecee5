import { type FormEvent, type ReactNode, useState } from 'react';
import { type SignedIn, signInOnDevice } from '../../device/enrol.ts';
import type { ApiRefusal } from '../../device/post-json.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { signInRefusal } from './enrolment-refusal.ts';

/** User name and password, sent once. The bearer says which phone asks. */
export function SignInForm({
  bearer,
  title,
  onSignedIn,
  children,
}: {
  bearer: string;
  title: string;
  onSignedIn: (user: SignedIn) => void;
  children?: ReactNode;
}) {
  const { t } = useText();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [shown, setShown] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<ApiRefusal | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const answer = await signInOnDevice(bearer, username, password);
    setBusy(false);
    if (answer.ok) onSignedIn(answer.value);
    else setRefusal(answer);
  };
  return (
    <form className="flex flex-col gap-4" onSubmit={(event) => void submit(event)}>
      <h1 className="text-xl">{title}</h1>
      {children}
      <RefusalBanner refusal={refusal} />
      <TextInput
        label={t('join.username')}
        value={username}
        onChange={setUsername}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        dir="ltr"
      />
      <div className="flex items-end gap-2">
        <div className="grow">
          <TextInput
            label={t('join.password')}
            value={password}
            onChange={setPassword}
            type={shown ? 'text' : 'password'}
            autoComplete="current-password"
            dir="ltr"
          />
        </div>
        <IconButton
          icon={shown ? 'eye-off' : 'eye'}
          label={shown ? t('action.hidePassword') : t('action.showPassword')}
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
        />
      </div>
      <Button
        type="submit"
        look="primary"
        wide
        busy={busy}
        busyText={t('app.working')}
        disabled={username.trim() === '' || password === ''}
      >
        {t('action.signIn')}
      </Button>
    </form>
  );
}

function RefusalBanner({ refusal }: { refusal: ApiRefusal | null }) {
  const { t } = useText();
  if (refusal === null) return null;
  const { title, remedy } = signInRefusal(refusal.code);
  return (
    <Banner tone="danger" title={t(title)}>
      {t(remedy, { seconds: refusal.retryAfterSeconds ?? 60 })}
    </Banner>
  );
}
