import { useState } from 'react';
import type { UndoShown } from '../../../lib/domain/conflict/undo-review.ts';
import { formVersionOf } from '../../../lib/domain/form/form-version-of.ts';
import { isRecord } from '../../../lib/form/filled-form.ts';
import type { Json } from '../../../lib/replication/json.ts';
import type { StoredRecord } from '../../../lib/replication/record.ts';
import { recordLabel } from '../../../lib/text/record-label.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { useText } from '../../ui/text-provider.tsx';
import type { ConflictView } from './conflict-view.ts';
import { DecisionEditor } from './decision-editor.tsx';
import { type Reading, type Words, wordsOfFields, wordsOfKey } from './key-words.ts';
import { SideCard } from './side-card.tsx';

export type Decision = { keep: 'kept' } | { keep: 'lost' } | { keep: 'edited'; value: Json };

export interface QuestionProps {
  readonly view: ConflictView;
  /** The record that the conflict is about, and the chart it stands in. */
  readonly record: StoredRecord;
  readonly records: readonly StoredRecord[];
  readonly readingOf: (versionId: string | null) => Reading;
  readonly may: boolean;
  /** Of a review: what undoing it would do. */
  readonly undo: UndoShown | null;
  readonly busy: boolean;
  readonly onDecide: (decision: Decision) => void;
}

/** Two values of one field, or of one group: one of them stays, or a third is written. */
export function ValueQuestion({ view, record, readingOf, may, busy, onDecide }: QuestionProps) {
  const { t } = useText();
  const [editing, setEditing] = useState(false);
  const reading = readingOf(formVersionOf(record.values));
  const words = (value: Json) => wordsOfKey(reading, view.collection, view.key, value);
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <SideCard title={t('attention.standsNow')} side={view.kept} words={words(view.kept.value)}>
          {may && (
            <Button wide icon="check" busy={busy} onClick={() => onDecide({ keep: 'kept' })}>
              {t('attention.keepThis')}
            </Button>
          )}
        </SideCard>
        <SideCard title={t('attention.otherValue')} side={view.lost} words={words(view.lost.value)}>
          {may && (
            <Button wide icon="check" busy={busy} onClick={() => onDecide({ keep: 'lost' })}>
              {t('attention.keepThat')}
            </Button>
          )}
        </SideCard>
      </div>
      {may && !editing && (
        <Button wide icon="edit" onClick={() => setEditing(true)}>
          {t('attention.editInstead')}
        </Button>
      )}
      {may && editing && (
        <DecisionEditor
          reading={reading}
          view={view}
          busy={busy}
          onCancel={() => setEditing(false)}
          onSave={(value) => onDecide({ keep: 'edited', value })}
        />
      )}
    </>
  );
}

/** A record was deleted by somebody who had not seen an edit, of it or of what hangs on it. */
export function DeletionQuestion({ view, record, records, readingOf, may, busy, onDecide }: QuestionProps) {
  const { t } = useText();
  const { below } = view;
  const edited =
    below === null ? record : records.find((one) => one.collection === below.collection && one.id === below.id);
  const collection = below?.collection ?? view.collection;
  const reading = readingOf(formVersionOf(edited?.values));
  // That it was deleted, by whom and when, stands around it.
  const why = wordsOfKey(reading, view.collection, 'deleted', view.kept.value).filter(({ key }) => key !== 'deleted');
  const deletedWhat = recordLabel(t, view.collection);
  const changedWhat = recordLabel(t, collection);
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <SideCard
        title={t('attention.deletedThis', { what: deletedWhat })}
        side={view.kept}
        words={[...why, ...identifying(readingOf(formVersionOf(record.values)), record)]}
      >
        {may && (
          <Button wide look="danger" icon="trash" busy={busy} onClick={() => onDecide({ keep: 'kept' })}>
            {t('attention.deleteAnyway')}
          </Button>
        )}
      </SideCard>
      <SideCard
        title={t('attention.changedMeanwhile', { what: changedWhat })}
        side={view.lost}
        words={editedWords(reading, collection, view.lost.value, edited)}
      >
        {may && (
          <Button wide icon="history" busy={busy} onClick={() => onDecide({ keep: 'lost' })}>
            {t('attention.bringBack')}
          </Button>
        )}
      </SideCard>
    </div>
  );
}

/** What a hub accepted and the root would not have, for an administrator: it stands, or it is undone. */
export function ReviewQuestion({ view, record, readingOf, may, undo, busy, onDecide }: QuestionProps) {
  const { t } = useText();
  const reading = readingOf(formVersionOf(record.values));
  const words = (value: Json) => (isRecord(value) ? wordsOfFields(reading, view.collection, value) : []);
  const left = (undo?.left ?? []).flatMap((key) => wordsOfKey(reading, view.collection, key, null));
  const stays =
    left.length === 0 ? null : t('attention.undoLeft', { fields: left.map(({ label }) => label).join(', ') });
  const done = `${t('portalAttention.applied')}: ${t(`portal.change.${view.kept.kind ?? 'put'}`)}`;
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {may && undo && (stays !== null || !undo.possible) && (
        <div className="sm:col-span-2">
          <Banner tone="warning" title={undo.possible ? stays : t('attention.undoNot')}>
            {[undo.possible ? null : stays, t('attention.undoLeftHelp')].filter((one) => one !== null).join(' ')}
          </Banner>
        </div>
      )}
      <SideCard title={done} side={view.kept} words={words(view.kept.value)}>
        {may && (
          <Button wide icon="check" busy={busy} onClick={() => onDecide({ keep: 'kept' })}>
            {t('attention.accept')}
          </Button>
        )}
      </SideCard>
      <SideCard title={t('attention.before')} side={null} words={words(view.lost.value)}>
        {may && (
          <Button
            wide
            icon="history"
            busy={busy}
            disabled={undo?.possible !== true}
            onClick={() => onDecide({ keep: 'lost' })}
          >
            {t('attention.undoChange')}
          </Button>
        )}
      </SideCard>
    </div>
  );
}

/** What the edit wrote; of a record that it made, what it says. */
function editedWords(reading: Reading, collection: string, value: Json, edited: StoredRecord | undefined): Words[] {
  const written = isRecord(value) ? wordsOfFields(reading, collection, value) : [];
  return written.length > 0 || edited === undefined ? written : wordsOfFields(reading, collection, edited.values);
}

/** Enough of a deleted record to know which it was. */
const IDENTIFYING = ['occurredAt', 'kind', 'reason', 'birth', 'sex'];

function identifying(reading: Reading, { collection, values }: StoredRecord): Words[] {
  const known = IDENTIFYING.flatMap((key) => (values[key] === undefined ? [] : [[key, values[key]] as const]));
  return wordsOfFields(reading, collection, Object.fromEntries(known));
}
