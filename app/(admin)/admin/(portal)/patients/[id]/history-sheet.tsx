'use client';
import { type FormDefinition, fieldsOf, labelIn } from '../../../../../../lib/form/definition.ts';
import { otherKey } from '../../../../../../lib/form/filled-form.ts';
import type { Json } from '../../../../../../lib/replication/json.ts';
import { splitKey } from '../../../../../../lib/replication/key.ts';
import { formatDate, formatInstant } from '../../../../../../lib/text/format.ts';
import type { Language } from '../../../../../../lib/text/languages.ts';
import { codeLabel, isLabelKey, type Translate } from '../../../../../../lib/text/translate.ts';
import { answerText } from '../../../../../(clinic)/form/answer-text.ts';
import { Sheet } from '../../../../../ui/sheet.tsx';
import { useText } from '../../../../../ui/text-provider.tsx';
import { Loaded } from '../../../../loaded.tsx';
import { useAsked } from '../../../../use-asked.ts';

export interface HistoryOf {
  readonly collection: string;
  readonly id: string;
  /** Words for answers; null where keys are fields. */
  readonly definition: FormDefinition | null;
}

interface Change {
  readonly id: string;
  readonly at: string;
  readonly kind: 'put' | 'delete' | 'restore' | 'erase';
  readonly authorName: string | null;
  readonly deviceName: string | null;
  readonly reason: string | null;
  readonly before: Readonly<Record<string, Json>>;
  readonly fields: Readonly<Record<string, Json>>;
}

/** Every change of a record, newest first: who, when, where, why, and what stood there before. */
export function HistorySheet({ of, onClose }: { of: HistoryOf | null; onClose: () => void }) {
  const { t } = useText();
  return (
    <Sheet
      open={of !== null}
      onOpenChange={(open) => !open && onClose()}
      title={t('portal.history')}
      closeText={t('action.close')}
    >
      {of && <Changes of={of} />}
    </Sheet>
  );
}

function Changes({ of }: { of: HistoryOf }) {
  const { t } = useText();
  const asked = useAsked<{ changes: Change[] }>(`/api/history?collection=${of.collection}&id=${of.id}`);
  return (
    <Loaded of={asked}>
      {({ changes }) => (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
        <section tabIndex={0} aria-label={t('portal.history')}>
          <ol className="flex flex-col gap-6">
            {[...changes].reverse().map((change) => (
              <Entry key={change.id} change={change} definition={of.definition} />
            ))}
          </ol>
        </section>
      )}
    </Loaded>
  );
}

function Entry({ change, definition }: { change: Change; definition: FormDefinition | null }) {
  const { t, language } = useText();
  const made = change.fields.created !== undefined;
  const keys = Object.keys(change.fields).filter(
    (key) => !HIDDEN.has(splitKey(key).column) && !bothEmpty(change.before[key], change.fields[key]),
  );
  return (
    <li className="flex flex-col gap-2 border-b border-border pb-4 last:border-b-0">
      <p className="font-semibold">
        {t(made ? 'portal.change.created' : `portal.change.${change.kind}`)} ·{' '}
        <bdi>{change.authorName ?? t('app.unknown')}</bdi>
      </p>
      <p className="text-sm text-text-2">
        {formatInstant(language, change.at)} · <bdi>{change.deviceName ?? t('portal.atServer')}</bdi>
      </p>
      {change.reason && (
        <p>
          {t('history.reason')}: <bdi>{change.reason}</bdi>
        </p>
      )}
      <dl className="flex flex-col gap-2">
        {keys.map((key) => (
          <div key={key}>
            <dt className="text-sm text-text-2">{keyText(t, language, definition, key)}</dt>
            <dd className="flex flex-wrap gap-x-2">
              {!made && (
                <>
                  <del className="text-text-2">
                    <bdi>{valueText(t, language, definition, key, change.before[key] ?? null)}</bdi>
                  </del>
                  <span aria-hidden="true">→</span>
                </>
              )}
              <ins className="font-semibold no-underline">
                <bdi>{valueText(t, language, definition, key, change.fields[key] ?? null)}</bdi>
              </ins>
            </dd>
          </div>
        ))}
      </dl>
    </li>
  );
}

/** Empty before and after: a form writes every question it asks. */
function bothEmpty(before: Json | undefined, after: Json | undefined): boolean {
  const empty = (value: Json | undefined): boolean =>
    value === undefined ||
    value === null ||
    (typeof value === 'object' && Object.values(value).every((part) => part === null || part === false));
  return empty(before) && empty(after);
}

/** Lists that the codes of a field are words of. */
const CODES: Readonly<Record<string, string>> = { sex: 'sex', kind: 'visitKind' };

/** Ids of other records and the envelope say nothing to a reader. */
const HIDDEN = new Set([
  ...['created', 'deleted', 'erased', 'patientId', 'clinicId', 'visitId', 'eventId', 'formId', 'formVersionId'],
  ...['providerId', 'homeClinicId', 'registrationVersionId', 'departmentId'],
]);

function questionOf(definition: FormDefinition | null, key: string) {
  const { column, entry } = splitKey(key);
  if (definition === null || entry === null || column !== 'answers') return undefined;
  const id = entry.split('.')[0];
  return fieldsOf(definition).find(({ field }) => field.id === id || otherKey(field.id) === id)?.field;
}

function keyText(t: Translate, language: Language, definition: FormDefinition | null, key: string): string {
  const question = questionOf(definition, key);
  if (question !== undefined && definition !== null) return labelIn(question.label, language, definition);
  const { column, entry } = splitKey(key);
  for (const name of [
    `patient.field.${column}`,
    `vitals.measure.${column}`,
    `visit.${column}`,
    `portal.key.${column}`,
  ]) {
    if (isLabelKey(name)) return entry === null ? t(name) : `${t(name)}: ${entry}`;
  }
  return key;
}

function valueText(
  t: Translate,
  language: Language,
  definition: FormDefinition | null,
  key: string,
  value: Json,
): string {
  if (value === null) return t('app.none');
  const question = questionOf(definition, key);
  const inRow = key.split('.').length > 2;
  const said =
    question === undefined || definition === null || inRow
      ? null
      : answerText({ t, language, definition }, question, value);
  if (said !== null) return said;
  if (CODES[key] !== undefined) return codeLabel(t, CODES[key], String(value));
  if (key === 'birth') return birthText(t, language, value);
  if (typeof value === 'boolean') return value ? t('app.yes') : t('app.no');
  if (typeof value !== 'object') return String(value);
  const parts = Object.values(value).filter((part) => part !== null && typeof part !== 'object');
  return parts.length > 0 ? parts.map(String).join(' / ') : t('app.none');
}

function birthText(t: Translate, language: Language, value: Json): string {
  const { birthDate, birthDateEstimated } = value as { birthDate?: string | null; birthDateEstimated?: boolean };
  if (!birthDate) return t('app.unknown');
  const date = formatDate(language, birthDate);
  return birthDateEstimated ? `${date} (${t('birth.estimated')})` : date;
}
