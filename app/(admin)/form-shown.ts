import type { Json } from '../../lib/replication/json.ts';

/** A form as `/api/forms` lists it. */
export interface FormShown {
  readonly id: string;
  readonly fields: {
    readonly kind: 'registration' | 'event';
    readonly name: Readonly<Record<string, string>>;
    readonly status: string;
    readonly editable: boolean | null;
    readonly clinicIds: Readonly<Record<string, boolean>>;
  };
  readonly currentVersion: VersionShown | null;
}

export interface VersionShown {
  readonly id: string;
  readonly number: number;
  readonly publishedAt: string;
  readonly definition: Json;
}

/** A form's name in a language, else in any. */
export function formName({ fields }: Pick<FormShown, 'fields'>, language: string): string {
  return fields.name[language] ?? fields.name.en ?? Object.values(fields.name)[0] ?? '';
}
