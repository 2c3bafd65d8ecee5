import { useState } from 'react';
import { PinPad } from '../../ui/pin-pad.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { isGuessablePin, PIN_LENGTH } from './pin.ts';
import { usePinHash } from './use-pin-hash.ts';

type Problem = 'pin.mismatch' | 'pin.tooSimple';

/** A PIN typed twice. `onChosen` is called once, with a PIN that was typed alike both times. */
export function ChoosePin({ busy, onChosen }: { busy: boolean; onChosen: (pin: string) => void }) {
  const { t } = useText();
  usePinHash();
  const [first, setFirst] = useState<string | null>(null);
  const [typed, setTyped] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const again = (why: Problem | null, kept: string | null) => {
    setProblem(why);
    setFirst(kept);
    setTyped('');
  };
  const change = (pin: string) => {
    setTyped(pin);
    if (pin.length > 0) setProblem(null);
    if (pin.length < PIN_LENGTH) return;
    if (first === null) again(isGuessablePin(pin) ? 'pin.tooSimple' : null, isGuessablePin(pin) ? null : pin);
    else if (first === pin) onChosen(pin);
    else again('pin.mismatch', null);
  };
  const title = first === null ? t('pin.setTitle') : t('pin.repeatTitle');
  return (
    <>
      <h1 className="text-center text-xl">{title}</h1>
      <p className="text-center text-text-2">{busy ? t('pin.saving') : t('pin.setHelp', { length: PIN_LENGTH })}</p>
      <PinPad
        key={title}
        label={title}
        value={typed}
        length={PIN_LENGTH}
        onChange={change}
        disabled={busy}
        enteredText={t('pin.entered', { count: typed.length, length: PIN_LENGTH })}
        deleteText={t('pin.deleteDigit')}
        error={problem && t(problem)}
      />
    </>
  );
}
