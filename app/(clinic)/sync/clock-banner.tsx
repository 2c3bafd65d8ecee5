import { useClockSkew } from '../../device/clock-skew.ts';
import { Banner } from '../../ui/banner.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { skewText } from './skew-text.ts';

/** This phone's clock is wrong: what that does to records (nothing), and what to do. */
export function ClockBanner() {
  const { t } = useText();
  const skew = useClockSkew();
  if (skew === null) return null;
  return (
    <Banner tone="warning" title={t('clock.wrong', { skew: skewText(t, skew) })}>
      {t('clock.wrongHelp')}
    </Banner>
  );
}
