'use client';
import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { type FormField, labelIn } from '../../lib/form/definition.ts';
import { ClinicChoicesContext } from '../(clinic)/form/clinic-choices.ts';
import { FieldView } from '../(clinic)/form/field-view.tsx';
import { FormStoreContext, usePages } from '../(clinic)/form/form-context.ts';
import { FormStore } from '../(clinic)/form/form-store.ts';
import { questionId } from '../(clinic)/form/question.ts';
import { Banner } from '../ui/banner.tsx';
import { useText } from '../ui/text-provider.tsx';
import { useClinics } from './use-clinics.ts';

/** A form with all of its pages one under the other, drawn by the same questions as on a phone. */
export function FormQuestions({ store }: { store: FormStore }) {
  const { language } = useText();
  const pages = usePages(store);
  const { clinics } = useClinics();
  const choices = useMemo(() => clinics.map(({ id, fields }) => ({ value: id, label: fields.name })), [clinics]);
  const byId = new Map<string, FormField>(
    store.definition.pages.flatMap(({ fields }) => fields.map((field) => [field.id, field] as const)),
  );
  return (
    <ClinicChoicesContext value={choices}>
      <FormStoreContext value={store}>
        <Faults store={store} />
        {pages.map(({ id, fields }) => {
          const title = labelIn(
            store.definition.pages.find((page) => page.id === id)?.title,
            language,
            store.definition,
          );
          return (
            <section key={id} className="flex flex-col gap-6">
              {title !== '' && <h2 className="border-b border-border pb-2 text-lg">{title}</h2>}
              {fields.map((name) => {
                const field = byId.get(name);
                return field && <FieldView key={name} field={field} path={name} />;
              })}
            </section>
          );
        })}
      </FormStoreContext>
    </ClinicChoicesContext>
  );
}

/** After an attempt to save: how many answers are wrong; the first one gets the focus. */
function Faults({ store }: { store: FormStore }) {
  const { t } = useText();
  const problems = useSyncExternalStore(store.subscribe, store.problems, store.problems);
  const attempted = useSyncExternalStore(store.subscribe, store.attempted, store.attempted);
  const first = problems[0];
  const place = useRef<string | null>(null);
  place.current = first === undefined ? null : questionId(FormStore.pathOf(first));
  useEffect(() => {
    if (attempted && place.current !== null) document.getElementById(place.current)?.focus();
  }, [attempted]);
  if (!attempted || first === undefined) return null;
  return <Banner tone="danger" title={t('form.fixFirst', { count: problems.length })} />;
}
