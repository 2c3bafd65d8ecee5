'use client';
import { FLAGS, type Flag } from '../../../../../lib/access/actor.ts';
import { useText } from '../../../../ui/text-provider.tsx';

/** Flags by clinic, as a person edits them. */
export type Granted = Readonly<Record<string, readonly Flag[]>>;

/** What a user may do, clinic by clinic: a column for each clinic, a row for each flag. */
export function FlagMatrix({
  clinics,
  granted,
  onChange,
  mayGive,
  disabled = false,
}: {
  clinics: readonly { readonly id: string; readonly name: string }[];
  granted: Granted;
  onChange: (clinicId: string, flags: readonly Flag[]) => void;
  /** Nobody gives what he does not have. */
  mayGive: (flag: Flag, clinicId: string) => boolean;
  disabled?: boolean;
}) {
  const { t } = useText();
  const toggle = (clinicId: string, flag: Flag, on: boolean) => {
    const held = granted[clinicId] ?? [];
    onChange(clinicId, on ? [...held, flag] : held.filter((one) => one !== flag));
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section className="relative overflow-x-auto" tabIndex={0} aria-label={t('permission.title')}>
      <table className="w-full border-collapse">
        <thead>
          <tr>
            <th scope="col" className="px-4 py-3 text-start text-sm text-text-2">
              {t('permission.title')}
            </th>
            {clinics.map(({ id, name }) => (
              <th key={id} scope="col" className="px-4 py-3 text-center text-sm text-text-2">
                <bdi>{name}</bdi>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {FLAGS.map((flag) => (
            <tr key={flag} className="border-t border-border">
              <th scope="row" className="min-w-40 px-4 py-2 text-start font-normal">
                {t(`flag.${flag}`)}
                <span className="block text-sm text-text-2">{t(`flag.${flag}.help`)}</span>
              </th>
              {clinics.map(({ id, name }) => (
                <td key={id} className="text-center">
                  <label className="inline-flex size-12 cursor-pointer items-center justify-center">
                    <span className="sr-only">{`${t(`flag.${flag}`)} · ${name}`}</span>
                    <input
                      type="checkbox"
                      className="size-6 accent-(--accent)"
                      checked={granted[id]?.includes(flag) ?? false}
                      disabled={disabled || !mayGive(flag, id)}
                      onChange={(event) => toggle(id, flag, event.target.checked)}
                    />
                  </label>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
