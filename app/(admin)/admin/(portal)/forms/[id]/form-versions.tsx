'use client';
import { useMemo, useState } from 'react';
import { type FormDefinition, readDefinition } from '../../../../../../lib/form/definition.ts';
import { startDraft } from '../../../../../../lib/form/draft.ts';
import { formatInstant } from '../../../../../../lib/text/format.ts';
import { FormStore } from '../../../../../(clinic)/form/form-store.ts';
import { Button, ButtonLink } from '../../../../../ui/button.tsx';
import { EmptyState } from '../../../../../ui/empty-state.tsx';
import { PageHeader } from '../../../../../ui/page-header.tsx';
import { Select } from '../../../../../ui/select.tsx';
import { useText } from '../../../../../ui/text-provider.tsx';
import { FormQuestions } from '../../../../form-questions.tsx';
import { type FormShown, formName, type VersionShown } from '../../../../form-shown.ts';
import { Loaded } from '../../../../loaded.tsx';
import { useMe } from '../../../../me.ts';
import { useAsked } from '../../../../use-asked.ts';

interface Asked {
  readonly form: FormShown;
  readonly versions: readonly VersionShown[];
}

/** A form as phones show it, version by version, and its definition as a file. */
export function FormVersions({ id }: { id: string }) {
  const asked = useAsked<Asked>(`/api/forms/${id}`);
  return <Loaded of={asked}>{(value) => <Page {...value} />}</Loaded>;
}

function Page({ form, versions }: Asked) {
  const { t, language } = useText();
  const me = useMe();
  const [versionId, setVersion] = useState(versions[0]?.id ?? null);
  const version = versions.find(({ id }) => id === versionId);
  const read = readDefinition(version?.definition);
  const when = (one: VersionShown) => formatInstant(language, one.publishedAt);
  return (
    <div className="max-w-160">
      <PageHeader
        title={<bdi>{formName(form, language)}</bdi>}
        detail={t(form.fields.kind === 'event' ? 'forms.event' : 'forms.registration')}
        back={{ href: '/admin/forms', label: t('action.back') }}
        actions={
          <>
            {version && (
              <Button icon="download" onClick={() => download(version, formName(form, 'en'))}>
                {t('action.export')}
              </Button>
            )}
            {me.admin && (
              <ButtonLink icon="upload" href={`/admin/forms/import?formId=${form.id}&kind=${form.fields.kind}`}>
                {t('portal.importVersion')}
              </ButtonLink>
            )}
          </>
        }
      />
      <div className="flex flex-col gap-6">
        <Select
          label={t('forms.version')}
          value={versionId}
          onChange={(id) => setVersion(id ?? versionId)}
          emptyText={t('forms.version')}
          options={versions.map((one) => ({
            value: one.id,
            label: `${t('form.version', { number: one.number })} · ${when(one)}`,
          }))}
        />
        {read.ok ? (
          <Preview key={versionId} definition={read.definition} />
        ) : (
          <EmptyState icon="form" title={t('portal.unreadableForm')} />
        )}
      </div>
    </div>
  );
}

/** It can be filled in to try its logic; nothing is kept. */
function Preview({ definition }: { definition: FormDefinition }) {
  const { t } = useText();
  const store = useMemo(() => {
    const context = { occurredOn: new Date().toISOString().slice(0, 10) };
    return new FormStore(definition, context, startDraft(definition, context));
  }, [definition]);
  return (
    <section
      aria-label={t('forms.preview')}
      className="flex max-w-100 flex-col gap-6 rounded-3 border-4 border-border-strong bg-surface p-4"
    >
      <p className="text-sm text-text-2">{t('portal.previewHelp')}</p>
      <FormQuestions store={store} />
    </section>
  );
}

function download({ definition, number }: VersionShown, name: string): void {
  const blob = new Blob([JSON.stringify(definition, null, 2)], { type: 'application/json' });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = `${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}-v${number}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
}
