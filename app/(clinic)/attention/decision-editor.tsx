import { useEffect, useMemo, useState } from 'react';
import type { Json } from '../../../lib/replication/json.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { textOf, useClinicRecords } from '../clinic/clinic-records.tsx';
import { ClinicChoicesContext } from '../form/clinic-choices.ts';
import { FieldView } from '../form/field-view.tsx';
import { FormStoreContext } from '../form/form-context.ts';
import { FormStore } from '../form/form-store.ts';
import { questionId } from '../form/question.ts';
import type { ConflictView } from './conflict-view.ts';
import { answersOfValue, decisionForm, questionsOf, valueOfAnswers } from './key-questions.ts';
import type { Reading } from './key-words.ts';

/** A value that is neither of the two, asked with the question that the form asks it with. */
export function DecisionEditor({
  reading,
  view,
  busy,
  onSave,
  onCancel,
}: {
  reading: Reading;
  view: ConflictView;
  busy: boolean;
  onSave: (value: Json) => void;
  onCancel: () => void;
}) {
  const { t } = useText();
  const { today, clinics } = useClinicRecords();
  const { collection, key, kept } = view;
  const [store] = useState(() => {
    const form = decisionForm(reading, questionsOf(reading, collection, key));
    const answers = answersOfValue(collection, key, kept.value);
    return form && new FormStore(form, { occurredOn: today }, { answers, entered: {}, missing: {} });
  });
  const first = store?.definition.pages[0]?.fields[0]?.id;
  // The editor opens below what is on the screen: the focus says so, and brings it into sight.
  useEffect(() => {
    if (first !== undefined) document.getElementById(questionId(first))?.focus();
  }, [first]);
  const choices = useMemo(
    () => clinics.map((one) => ({ value: one.id, label: textOf(one, 'name') ?? one.id })),
    [clinics],
  );
  if (store === null) return <Banner title={t('attention.noEditor')}>{t('attention.noEditorHelp')}</Banner>;
  const save = () => {
    const first = store.attempt()[0];
    if (first !== undefined) return document.getElementById(questionId(FormStore.pathOf(first)))?.focus();
    onSave(valueOfAnswers(collection, key, store.evaluation().values, kept.value));
  };
  return (
    <Card title={t('attention.editInstead')}>
      <ClinicChoicesContext value={choices}>
        <FormStoreContext value={store}>
          <div className="flex flex-col gap-4">
            {store.definition.pages[0]?.fields.map((field) => (
              <FieldView key={field.id} field={field} path={field.id} />
            ))}
            <div className="flex flex-wrap gap-3">
              <Button look="primary" compact busy={busy} onClick={save}>
                {t('action.save')}
              </Button>
              <Button onClick={onCancel}>{t('action.cancel')}</Button>
            </div>
          </div>
        </FormStoreContext>
      </ClinicChoicesContext>
    </Card>
  );
}
