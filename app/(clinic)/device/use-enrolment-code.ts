import { type FormEvent, useState } from 'react';
import type { ApiRefusal } from '../../device/post-json.ts';
import { readEnrolmentCode } from './enrolment-refusal.ts';

/** An enrolment code that is typed or scanned, and what the server said when it was handed in. */
export function useEnrolmentCode<T>(
  prefilled: string,
  handIn: (code: string) => Promise<{ readonly ok: true; readonly value: T } | ApiRefusal>,
  onTaken: (taken: T) => void,
) {
  const [code, setCode] = useState(prefilled);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<ApiRefusal | null>(null);
  const read = readEnrolmentCode(code);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (read === null) return;
    setBusy(true);
    const answer = await handIn(read);
    setBusy(false);
    if (answer.ok) onTaken(answer.value);
    else setRefusal(answer);
  };
  return { code, setCode, isWhole: read !== null, busy, refusal, submit };
}
