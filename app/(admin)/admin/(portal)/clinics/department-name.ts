export interface DepartmentShown {
  readonly id: string;
  readonly fields: {
    readonly clinicId: string;
    readonly name: Readonly<Record<string, string>>;
    readonly canDispense: boolean;
    readonly canTest: boolean;
    readonly canImage: boolean;
  };
}

/** A department's name in a language, else in any. */
export function departmentName({ fields }: DepartmentShown, language: string): string {
  return fields.name[language] ?? Object.values(fields.name)[0] ?? '';
}
