'use client';
import { useRouter, useSearchParams } from 'next/navigation';
import type { AttentionShown } from '../../../../server/attention.ts';
import { Badge } from '../../../../ui/badge.tsx';
import { PageHeader } from '../../../../ui/page-header.tsx';
import { Select } from '../../../../ui/select.tsx';
import { TabLinks } from '../../../../ui/tab-links.tsx';
import { useText } from '../../../../ui/text-provider.tsx';
import { countText } from '../../../count-text.ts';
import { mayIn, useMe } from '../../../me.ts';
import { useAsked } from '../../../use-asked.ts';
import { useClinics } from '../../../use-clinics.ts';
import { ConflictList } from './conflict-list.tsx';
import { GapTable } from './gap-table.tsx';
import { RefusedList } from './refused-list.tsx';

const SECTIONS = ['conflicts', 'refused', 'reviews', 'gaps'] as const;
type Section = (typeof SECTIONS)[number];
const KINDS = ['parallel-edit', 'edit-and-delete'] as const;

/** What waits for somebody who administers: what the address says of it, so that it can be sent to a colleague. */
export function AttentionPage() {
  const { t, language } = useText();
  const asked = useAsked<AttentionShown>('/api/attention', { refreshMs: 60_000 });
  const place = usePlace();
  return (
    <>
      <PageHeader title={t('attention.title')} />
      <div className="flex flex-col gap-4">
        <TabLinks
          label={t('portalAttention.sections')}
          tabs={SECTIONS.map((section) => ({
            href: place.at({ tab: section, kind: null }),
            current: section === place.section,
            label: (
              <span className="flex items-center gap-2">
                {t(`portalAttention.${section}`)}
                {(asked.data?.[section] ?? 0) > 0 && (
                  <Badge tone="danger">{countText(language, asked.data?.[section] ?? 0)}</Badge>
                )}
              </span>
            ),
          }))}
        />
        <p className="max-w-[80ch] text-text-2">{t(`portalAttention.${place.section}Help`)}</p>
        {place.section !== 'gaps' && <Filters place={place} />}
        <Shown place={place} />
      </div>
    </>
  );
}

function Shown({ place }: { place: Place }) {
  const { section, clinicId, kind } = place;
  if (section === 'gaps') return <GapTable />;
  if (section === 'refused') return <RefusedList clinicId={clinicId} />;
  return <ConflictList clinicId={clinicId} kind={section === 'reviews' ? 'review' : kind} />;
}

function Filters({ place }: { place: Place }) {
  const { t } = useText();
  const me = useMe();
  const { clinics } = useClinics();
  const router = useRouter();
  const mine = clinics.filter(({ id }) => mayIn(me, 'clinic-admin', id));
  const go = (more: Readonly<Record<string, string | null>>) => router.replace(place.at(more), { scroll: false });
  return (
    <div className="grid max-w-160 grid-cols-1 gap-4 sm:grid-cols-2">
      <Select
        label={t('clinic.one')}
        value={place.clinicId}
        onChange={(clinic) => go({ clinic })}
        emptyText={t('dashboard.allClinics')}
        options={mine.map(({ id, fields }) => ({ value: id, label: fields.name }))}
      />
      {place.section === 'conflicts' && (
        <Select
          label={t('forms.kind')}
          value={place.kind}
          onChange={(kind) => go({ kind })}
          emptyText={t('portalAttention.allKinds')}
          options={KINDS.map((value) => ({ value, label: t(`code.conflictKind.${value}`) }))}
        />
      )}
    </div>
  );
}

type Place = ReturnType<typeof usePlace>;

/** Where the address says we are, and the address of another place. */
function usePlace() {
  const search = useSearchParams();
  const tab = search.get('tab');
  const section: Section = SECTIONS.find((one) => one === tab) ?? 'conflicts';
  const at = (more: Readonly<Record<string, string | null>>) => {
    const query = new URLSearchParams(search);
    for (const [name, value] of Object.entries(more)) {
      if (value === null) query.delete(name);
      else query.set(name, value);
    }
    return `/admin/attention?${query}`;
  };
  return { section, clinicId: search.get('clinic'), kind: KINDS.find((one) => one === search.get('kind')) ?? null, at };
}
