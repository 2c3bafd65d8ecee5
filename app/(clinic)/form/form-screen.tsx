import { type ReactNode, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { type FormField, fieldsOf, labelIn } from '../../../lib/form/definition.ts';
import type { Problem } from '../../../lib/form/problem.ts';
import { formatAgo } from '../../../lib/text/format.ts';
import type { RunRefusal } from '../../device/run-command.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { textOf, useClinicRecords } from '../clinic/clinic-records.tsx';
import type { Reading } from './answer-text.ts';
import { ClinicChoicesContext } from './clinic-choices.ts';
import { FieldView } from './field-view.tsx';
import { FormStoreContext, usePages } from './form-context.ts';
import { FormStore, type ShownPage } from './form-store.ts';
import { questionId } from './question.ts';
import { refusalWords } from './refusal-words.ts';
import type { Kept } from './use-draft-keeper.ts';
import type { DraftedForm } from './use-drafted-form.ts';

const PAGE_ID = 'form-page';

/**
 * A form on the screen: its pages, its problems, and saving it. `onSave` is only asked when the engine finds nothing
 * wrong; a refusal leaves everything as it is and is said at its question. Giving the draft up goes back.
 */
export function FormScreen({
  store,
  title,
  detail,
  back,
  drafted,
  onSave,
  refused = null,
  children,
}: {
  store: FormStore;
  title: ReactNode;
  detail?: ReactNode;
  back: { href: string; label: string };
  drafted: DraftedForm;
  onSave: () => Promise<RunRefusal | null>;
  /** A refusal that came after a further question was answered. */
  refused?: RunRefusal | null;
  /** Below the questions of the last page: a reason for a correction. */
  children?: ReactNode;
}) {
  const { t } = useText();
  const pages = usePages(store);
  const [at, setAt] = useState(0);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<RunRefusal | null>(null);
  const focus = useFocusAfter();
  const turned = useRef(false);
  const page = pages[Math.min(at, pages.length - 1)];
  const last = at >= pages.length - 1;
  const said = refusal ?? refused;
  const showProblem = (problem: Problem) => {
    const top = problem.repeatId ?? problem.fieldId;
    setAt(
      Math.max(
        0,
        pages.findIndex((one) => one.fields.includes(top)),
      ),
    );
    focus(questionId(FormStore.pathOf(problem)));
  };
  const save = async () => {
    setRefusal(null);
    const first = store.attempt()[0];
    if (first !== undefined) return showProblem(first);
    setBusy(true);
    const refused = await onSave().finally(() => setBusy(false));
    setRefusal(refused);
    if (refused === null) return;
    const path = pathOfRefusal(store, refused);
    store.refuse(path);
    if (path !== null) showProblem({ fieldId: path, code: 'wrong-type', params: {}, severity: 'refuse' });
  };
  const turn = (to: number) => {
    setAt(to);
    turned.current = true;
    scrollTo(0, 0);
  };
  // Whoever cannot see the page turn is told by the focus; and a second tap or Enter does not save at once.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page is what it waits for
  useEffect(() => {
    if (turned.current) document.getElementById(PAGE_ID)?.focus({ preventScroll: true });
    turned.current = false;
  }, [at]);
  return (
    <ClinicForm store={store}>
      <PageHeader title={title} detail={detail} back={back} />
      {drafted.restoredAtMs !== null && (
        <Restored atMs={drafted.restoredAtMs} onDiscard={() => void drafted.discard(back.href)} />
      )}
      {pages.length > 1 && <PageSteps store={store} at={at} onTurn={turn} />}
      {page !== undefined && <PageFields key={page.id} store={store} page={page} />}
      {last && children}
      <ProblemSummary store={store} onShow={showProblem} />
      <div className="pb-safe sticky bottom-0 z-10 -mx-4 mt-auto flex flex-col gap-2 border-t border-border bg-surface px-4 pt-3 md:-mb-28">
        {said !== null && <RefusalBanner refusal={said} />}
        <div className="flex gap-3">
          {at > 0 && (
            <Button onClick={() => turn(at - 1)} className="min-h-14">
              {t('action.previous')}
            </Button>
          )}
          <div className="grow">
            {last ? (
              <Button look="primary" wide busy={busy} busyText={t('app.working')} onClick={() => void save()}>
                {t('action.save')}
              </Button>
            ) : (
              <Button look="primary" wide onClick={() => turn(at + 1)}>
                {t('action.next')}
              </Button>
            )}
          </div>
        </div>
        <KeptLine kept={drafted.keeper.kept} />
      </div>
    </ClinicForm>
  );
}

/** The form that the questions below belong to, and the clinics they may offer. */
function ClinicForm({ store, children }: { store: FormStore; children: ReactNode }) {
  const { clinics } = useClinicRecords();
  const choices = useMemo(
    () => clinics.map((one) => ({ value: one.id, label: textOf(one, 'name') ?? one.id })),
    [clinics],
  );
  return (
    <ClinicChoicesContext value={choices}>
      <FormStoreContext value={store}>{children}</FormStoreContext>
    </ClinicChoicesContext>
  );
}

/** The question that a refusal names: by its id, or by the column it fills. */
function pathOfRefusal(store: FormStore, refusal: RunRefusal): string | null {
  const named = refusal.field?.split('.').at(-1);
  if (named === undefined) return null;
  const found = fieldsOf(store.definition).find(
    ({ field, repeat }) => repeat === null && (field.id === named || field.base === named),
  );
  return found?.field.id ?? null;
}

function PageFields({ store, page }: { store: FormStore; page: ShownPage }) {
  const { t, language } = useText();
  const pages = usePages(store);
  const name = pageName({ t, language, definition: store.definition }, pages, page);
  const byId = new Map<string, FormField>(
    store.definition.pages.flatMap((page) => page.fields.map((field) => [field.id, field] as const)),
  );
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would stand around the fieldsets of its questions
    <div id={PAGE_ID} role="group" aria-label={name} tabIndex={-1} className="flex flex-col gap-6 outline-none">
      {page.fields.map((id) => {
        const field = byId.get(id);
        return field && <FieldView key={id} field={field} path={id} />;
      })}
    </div>
  );
}

function pageName({ t, language, definition }: Reading, pages: readonly ShownPage[], page: ShownPage): string {
  const title = definition.pages.find((one) => one.id === page.id)?.title;
  return labelIn(title, language, definition) || t('form.page', { page: pages.indexOf(page) + 1, pages: pages.length });
}

function PageSteps({ store, at, onTurn }: { store: FormStore; at: number; onTurn: (to: number) => void }) {
  const { t, language } = useText();
  const pages = usePages(store);
  return (
    <nav aria-label={t('form.pages')} className="flex gap-1 overflow-x-auto border-b border-border">
      {pages.map((page, index) => (
        <button
          key={page.id}
          type="button"
          aria-current={index === at ? 'step' : undefined}
          onClick={() => onTurn(index)}
          className={`min-h-12 shrink-0 border-b-2 px-3 font-semibold whitespace-nowrap ${index === at ? 'border-accent text-accent' : 'border-transparent text-text-2'}`}
        >
          {pageName({ t, language, definition: store.definition }, pages, page)}
        </button>
      ))}
    </nav>
  );
}

/** After the first try to save: how many answers are to be corrected, and the way to the first. */
function ProblemSummary({ store, onShow }: { store: FormStore; onShow: (problem: Problem) => void }) {
  const { t } = useText();
  const problems = useSyncExternalStore(store.subscribe, store.problems, store.problems);
  const attempted = useSyncExternalStore(store.subscribe, store.attempted, store.attempted);
  const first = problems[0];
  if (!attempted || first === undefined) return null;
  return (
    <Banner
      tone="danger"
      title={t('form.fixFirst', { count: problems.length })}
      action={<Button onClick={() => onShow(first)}>{t('form.showFirst')}</Button>}
    />
  );
}

function RefusalBanner({ refusal }: { refusal: RunRefusal }) {
  const { t } = useText();
  const { title, remedy } = refusalWords(t, refusal);
  return (
    <Banner tone="danger" title={title}>
      {remedy}
    </Banner>
  );
}

function Restored({ atMs, onDiscard }: { atMs: number; onDiscard: () => void }) {
  const { t, language } = useText();
  const [shown, setShown] = useState(true);
  if (!shown) return null;
  const when = formatAgo(language, new Date(atMs).toISOString(), new Date().toISOString());
  return (
    <Banner
      title={t('draft.restored', { when })}
      action={
        <div className="flex flex-wrap gap-2">
          <Button onClick={() => setShown(false)}>{t('action.keep')}</Button>
          <Button look="quiet" onClick={onDiscard}>
            {t('draft.discard')}
          </Button>
        </div>
      }
    />
  );
}

function KeptLine({ kept }: { kept: Kept }) {
  const { t } = useText();
  if (kept === 'storage-full' || kept === 'database-closed')
    return (
      <p role="alert" className="text-center text-sm font-semibold text-danger">
        {kept === 'storage-full' ? t('draft.notKeptFull') : t('draft.notKeptClosed')}
      </p>
    );
  return (
    <p className="min-h-5 text-center text-sm text-text-2" aria-live="polite">
      {kept === 'kept' && t('draft.kept')}
    </p>
  );
}

/** Focuses a question once it is on the screen: its page may have to be drawn first. */
function useFocusAfter(): (id: string) => void {
  const [wanted, setWanted] = useState<{ id: string } | null>(null);
  const done = useRef<object | null>(null);
  useEffect(() => {
    if (wanted === null || done.current === wanted) return;
    const element = document.getElementById(wanted.id);
    if (element === null) return;
    done.current = wanted;
    element.scrollIntoView({ block: 'center' });
    element.focus({ preventScroll: true });
  });
  return (id) => setWanted({ id });
}
