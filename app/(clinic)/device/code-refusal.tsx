import type { ApiRefusal } from '../../device/post-json.ts';
import { Banner } from '../../ui/banner.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { codeRefusal } from './enrolment-refusal.ts';

/** Why an enrolment code was not taken. */
export function CodeRefusal({ refusal }: { refusal: ApiRefusal | null }) {
  const { t } = useText();
  if (refusal === null) return null;
  const { title, remedy } = codeRefusal(refusal.code);
  return (
    <Banner tone="danger" title={t(title)}>
      {t(remedy, { seconds: refusal.retryAfterSeconds ?? 60 })}
    </Banner>
  );
}
