'use client';
import { collectionNamed } from '../../../../../lib/domain/collections.ts';
import { labelIn } from '../../../../../lib/form/definition.ts';
import { isRecord } from '../../../../../lib/form/filled-form.ts';
import type { Json } from '../../../../../lib/replication/json.ts';
import { splitKey } from '../../../../../lib/replication/key.ts';
import { unitText } from '../../../../(clinic)/form/unit-text.ts';
import { MEASURE_UNITS } from '../../../../(clinic)/patient/chart-view.ts';
import { Banner } from '../../../../ui/banner.tsx';
import { NumberInput } from '../../../../ui/number-input.tsx';
import { Select } from '../../../../ui/select.tsx';
import { TextInput } from '../../../../ui/text-input.tsx';
import { useText } from '../../../../ui/text-provider.tsx';
import { codeText, keyLabel, questionOf, type Reading } from './record-words.ts';

interface Props {
  readonly reading: Reading;
  readonly fieldKey: string;
  readonly value: Json;
  /** Another value of the same kind: what tells the kind where the first is empty. */
  readonly like: Json;
  readonly faulty: boolean;
  readonly onChange: (value: Json) => void;
}

/** Writes a value that is neither of the two: a field, every member of a group, or every language of a name. */
export function ValueEditor(props: Props) {
  const { t } = useText();
  const { reading, fieldKey, value, like, onChange } = props;
  const members = collectionNamed(reading.collection)?.groups[fieldKey] ?? membersOf(value, like);
  if (members === null) return <OneValue {...props} name={fieldKey} label={keyLabel(reading, fieldKey)} />;
  const [held, other] = [asObject(value), asObject(like)];
  if (members.some((member) => kindOf(reading, member, held[member] ?? other[member] ?? null) === 'none'))
    return <Banner title={t('portalAttention.noEditor')}>{t('portalAttention.noEditorHelp')}</Banner>;
  return (
    <fieldset className="flex flex-col gap-4">
      <legend className="sr-only">{keyLabel(reading, fieldKey)}</legend>
      {members.map((member) => (
        <OneValue
          key={member}
          {...props}
          name={member}
          label={keyLabel(reading, member)}
          value={held[member] ?? null}
          like={other[member] ?? null}
          onChange={(part) => onChange({ ...held, [member]: part })}
        />
      ))}
    </fieldset>
  );
}

/** The languages of a name, in either value. */
function membersOf(value: Json, like: Json): string[] | null {
  const names = new Set([...Object.keys(asObject(value)), ...Object.keys(asObject(like))]);
  return names.size === 0 ? null : [...names];
}

function asObject(value: Json): Record<string, Json> {
  return isRecord(value) ? { ...value } : {};
}

type Kind = 'text' | 'number' | 'yes-no' | 'none' | readonly { value: string; label: string }[];

/** What a value is typed as: its field says, else its question, else the value itself. */
function kindOf(reading: Reading, name: string, like: Json): Kind {
  const question = questionOf(reading, name);
  if (question !== undefined && question.type === 'choice') {
    const definition = reading.definition!;
    return question.options.map(({ code, label }) => ({
      value: code,
      label: labelIn(label, reading.language, definition),
    }));
  }
  const field = splitKey(name).entry === null ? collectionNamed(reading.collection)?.fields[name] : undefined;
  if (field === undefined) return kindOfValue(like);
  if (field.column === 'boolean') return 'yes-no';
  if (/^(integer|numeric)/.test(field.column)) return 'number';
  if (field.column !== 'text' && field.column !== 'date') return 'none';
  const codes = field.check?.startsWith('$ in (')
    ? [...field.check.matchAll(/'([^']+)'/g)].map(([, code]) => code!)
    : [];
  if (codes.length === 0) return 'text';
  return codes.map((code) => ({ value: code, label: codeText(reading, name, code) ?? code }));
}

function kindOfValue(like: Json): Kind {
  if (typeof like === 'boolean') return 'yes-no';
  if (typeof like === 'number') return 'number';
  return like === null || typeof like === 'string' ? 'text' : 'none';
}

function OneValue({
  reading,
  name,
  label,
  value,
  like,
  faulty,
  onChange,
}: Omit<Props, 'fieldKey'> & { name: string; label: string }) {
  const { t } = useText();
  const kind = kindOf(reading, name, value ?? like);
  const error = faulty ? t('refusal.invalid') : undefined;
  if (kind === 'none')
    return <Banner title={t('portalAttention.noEditor')}>{t('portalAttention.noEditorHelp')}</Banner>;
  if (kind === 'text')
    return (
      <TextInput
        label={label}
        error={error}
        value={typeof value === 'string' ? value : ''}
        onChange={(text) => onChange(text === '' ? null : text)}
      />
    );
  if (kind === 'number')
    return (
      <NumberInput
        label={label}
        error={error}
        value={typeof value === 'number' ? value : null}
        onChange={(number) => onChange(number)}
        {...(MEASURE_UNITS[name]
          ? { units: [{ value: MEASURE_UNITS[name], label: unitText(t, MEASURE_UNITS[name]) }] }
          : {})}
        notNumberText={t('problem.not-a-number')}
      />
    );
  const yesNo = kind === 'yes-no';
  return (
    <Select
      label={label}
      error={error}
      emptyText={t('portalAttention.empty')}
      value={yesNo ? (typeof value === 'boolean' ? String(value) : null) : typeof value === 'string' ? value : null}
      onChange={(picked) => onChange(yesNo && picked !== null ? picked === 'true' : picked)}
      options={
        yesNo
          ? [
              { value: 'true', label: t('app.yes') },
              { value: 'false', label: t('app.no') },
            ]
          : kind
      }
    />
  );
}
