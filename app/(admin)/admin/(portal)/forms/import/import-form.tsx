'use client';
import { useRouter, useSearchParams } from 'next/navigation';
import { type ChangeEvent, useId, useMemo, useState } from 'react';
import { type FormDefinition, readDefinition } from '../../../../../../lib/form/definition.ts';
import { mayPublish, publishProblems } from '../../../../../../lib/form/publish.ts';
import type { PublishProblem } from '../../../../../../lib/form/publish-problem.ts';
import { Banner } from '../../../../../ui/banner.tsx';
import { Button, ButtonLink } from '../../../../../ui/button.tsx';
import { Choice } from '../../../../../ui/choice.tsx';
import { CodeText } from '../../../../../ui/code-text.tsx';
import { PageHeader } from '../../../../../ui/page-header.tsx';
import { TextArea } from '../../../../../ui/text-area.tsx';
import { useText } from '../../../../../ui/text-provider.tsx';
import { useToast } from '../../../../../ui/toast.tsx';
import type { VersionShown } from '../../../../form-shown.ts';
import { ProblemBanner } from '../../../../problem-banner.tsx';
import { useAsked, useSend } from '../../../../use-asked.ts';

type Kind = 'registration' | 'event';

/** A definition from a file or pasted, checked as it will be when it is published. */
export function ImportForm() {
  const { t } = useText();
  const router = useRouter();
  const toast = useToast();
  const asked = useSearchParams();
  const formId = asked.get('formId');
  const [kind, setKind] = useState<Kind>(asked.get('kind') === 'registration' ? 'registration' : 'event');
  const [text, setText] = useState('');
  const earlier = useEarlier(formId);
  const checked = useMemo(() => check(text, kind, earlier), [text, kind, earlier]);
  const send = useSend();
  const publish = () => {
    if (checked === null || !checked.ok) return;
    const body = { ...(formId === null ? {} : { formId }), kind, definition: checked.definition };
    send.mutate(
      { path: '/api/forms', body },
      {
        onSuccess: ({ id }) => {
          toast({ title: t('forms.published') });
          router.replace(`/admin/forms/${id}`);
        },
      },
    );
  };
  return (
    <div className="max-w-160">
      <PageHeader
        title={formId === null ? t('forms.import') : t('portal.importVersion')}
        back={{ href: '/admin/forms', label: t('action.back') }}
      />
      <div className="flex flex-col gap-6">
        {formId === null && (
          <Choice
            label={t('forms.kind')}
            look="buttons"
            value={kind}
            onChange={(value) => setKind(value === 'registration' ? 'registration' : 'event')}
            options={[
              { value: 'event', label: t('forms.event') },
              { value: 'registration', label: t('forms.registration') },
            ]}
          />
        )}
        <FileInput onText={setText} />
        <TextArea label={t('forms.definition')} value={text} onChange={setText} dir="ltr" spellCheck={false} rows={8} />
        {checked !== null && <Problems problems={checked.problems} />}
        <ProblemBanner fault={send.error} />
        <div className="flex flex-wrap gap-3">
          <Button
            look="primary"
            disabled={checked?.ok !== true}
            busy={send.isPending}
            busyText={t('app.working')}
            onClick={publish}
          >
            {t('forms.publish')}
          </Button>
          <ButtonLink href="/admin/forms">{t('action.cancel')}</ButtonLink>
        </div>
      </div>
    </div>
  );
}

function useEarlier(formId: string | null): readonly FormDefinition[] {
  const asked = useAsked<{ versions: VersionShown[] }>(`/api/forms/${formId}`, { enabled: formId !== null });
  return useMemo(
    () =>
      (asked.data?.versions ?? []).flatMap(({ definition }) => {
        const read = readDefinition(definition);
        return read.ok ? [read.definition] : [];
      }),
    [asked.data],
  );
}

interface Checked {
  readonly ok: boolean;
  readonly definition: unknown;
  readonly problems: readonly PublishProblem[];
}

function check(text: string, kind: Kind, earlier: readonly FormDefinition[]): Checked | null {
  if (text.trim() === '') return null;
  try {
    const definition: unknown = JSON.parse(text);
    const problems = publishProblems(definition, earlier, kind);
    return { ok: mayPublish(problems), definition, problems };
  } catch (fault) {
    if (!(fault instanceof SyntaxError)) throw fault;
    return { ok: false, definition: null, problems: [{ severity: 'error', code: 'malformed', path: '', params: {} }] };
  }
}

function FileInput({ onText }: { onText: (text: string) => void }) {
  const { t } = useText();
  const id = useId();
  const read = async (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    if (file !== undefined) onText(await file.text());
  };
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-sm font-semibold">
        {t('portal.definitionFile')}
      </label>
      <input
        id={id}
        type="file"
        accept="application/json,.json"
        onChange={(event) => void read(event)}
        className="min-h-12 max-w-full py-2 file:me-4 file:min-h-12 file:rounded-2 file:border file:border-border-strong file:bg-surface-2 file:px-4 file:text-text"
      />
    </div>
  );
}

/** What speaks against publishing, and what should be looked at first. */
function Problems({ problems }: { problems: readonly PublishProblem[] }) {
  const { t } = useText();
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  if (problems.length === 0) return <Banner tone="success" title={t('portal.noPublishProblems')} />;
  return (
    <Banner
      tone={errors > 0 ? 'danger' : 'warning'}
      title={t(errors > 0 ? 'portal.publishProblems' : 'portal.publishWarnings', { count: errors || problems.length })}
    >
      <ul className="flex flex-col gap-1">
        {problems.slice(0, 50).map((problem) => (
          <li key={`${problem.path} ${problem.code} ${JSON.stringify(problem.params)}`}>
            {t(`publish.${problem.code}`)} <CodeText>{problem.path}</CodeText>
          </li>
        ))}
      </ul>
    </Banner>
  );
}
