'use client';
import { useMemo } from 'react';
import { TextInput } from '../../../../ui/text-input.tsx';
import { useText } from '../../../../ui/text-provider.tsx';

export interface ClinicTyped {
  readonly name: string;
  readonly code: string;
  readonly timeZone: string;
  readonly address: string;
  readonly phone: string;
}

export function newClinic(): ClinicTyped {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return { name: '', code: '', timeZone, address: '', phone: '' };
}

/** What a clinic is. The time zone is chosen by typing: there are hundreds. */
export function ClinicFields({
  value,
  onChange,
  wrong,
}: {
  value: ClinicTyped;
  onChange: (value: ClinicTyped) => void;
  /** The field that the server refused. */
  wrong: string | undefined;
}) {
  const { t } = useText();
  const zones = useMemo(() => ['UTC', ...Intl.supportedValuesOf('timeZone')], []);
  const change = (part: Partial<ClinicTyped>) => onChange({ ...value, ...part });
  const error = (field: string) => (wrong === field ? t('refusal.invalid.remedy') : undefined);
  return (
    <>
      <TextInput
        label={t('clinic.name')}
        value={value.name}
        onChange={(name) => change({ name })}
        maxLength={120}
        required
        requiredText={t('app.required')}
        error={error('name')}
      />
      <TextInput
        label={t('clinic.code')}
        hint={t('clinic.codeHint')}
        value={value.code}
        onChange={(code) => change({ code })}
        maxLength={12}
        required
        requiredText={t('app.required')}
        error={error('code')}
      />
      <TextInput
        label={t('clinic.timeZone')}
        hint={t('portal.timeZoneHint')}
        value={value.timeZone}
        onChange={(timeZone) => change({ timeZone })}
        list="time-zones"
        dir="ltr"
        required
        requiredText={t('app.required')}
        error={error('timeZone')}
      />
      <datalist id="time-zones">
        {zones.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
      <TextInput
        label={t('clinic.address')}
        value={value.address}
        onChange={(address) => change({ address })}
        maxLength={300}
        optionalText={t('app.optional')}
        error={error('address')}
      />
      <TextInput
        label={t('clinic.phone')}
        type="tel"
        value={value.phone}
        onChange={(phone) => change({ phone })}
        maxLength={30}
        optionalText={t('app.optional')}
        error={error('phone')}
      />
    </>
  );
}
