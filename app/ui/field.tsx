'use client';
import { type ReactNode, useId } from 'react';
import { Icon } from './drawn-icon.tsx';

export type FieldText = {
  label: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
  /** The word shown beside a required field's label; absent = not required. */
  requiredText?: string | undefined;
  /** The word shown beside an optional field's label. */
  optionalText?: string | undefined;
};

/** What a control inside a Field must carry, so that its label, hint and error are read with it. */
export type ControlProps = {
  id: string;
  'aria-describedby'?: string;
  'aria-invalid'?: true;
  'aria-required'?: true;
};

type FieldProps = FieldText & { id?: string | undefined; children: (control: ControlProps) => ReactNode };

/** Label above, control, then hint and error below. The error is words and a picture, and is announced when it appears. */
export function Field({ label, hint, error, requiredText, optionalText, id, children }: FieldProps) {
  const made = useId();
  const control = controlProps(id ?? made, { hint, error, requiredText });
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={control.id} className="text-sm font-semibold">
        <FieldLabel label={label} requiredText={requiredText} optionalText={optionalText} />
      </label>
      {children(control)}
      <FieldMessages id={control.id} hint={hint} error={error} />
    </div>
  );
}

/** The same for a group of controls (radio buttons, checkboxes, the parts of a date): a fieldset with its legend. */
export function FieldGroup({
  label,
  hint,
  error,
  requiredText,
  optionalText,
  id,
  children,
}: Omit<FieldProps, 'children'> & { children: ReactNode }) {
  const made = useId();
  const control = controlProps(id ?? made, { hint, error, requiredText: undefined });
  return (
    <fieldset
      id={control.id}
      tabIndex={-1}
      className="flex min-w-0 flex-col gap-2"
      aria-describedby={control['aria-describedby']}
      aria-invalid={control['aria-invalid']}
    >
      <legend className="mb-1 text-sm font-semibold">
        <FieldLabel label={label} requiredText={requiredText} optionalText={optionalText} />
      </legend>
      {children}
      <FieldMessages id={control.id} hint={hint} error={error} />
    </fieldset>
  );
}

function controlProps(id: string, { hint, error, requiredText }: Omit<FieldText, 'label'>): ControlProps {
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return {
    id,
    ...(described && { 'aria-describedby': described }),
    ...(error && { 'aria-invalid': true as const }),
    ...(requiredText && { 'aria-required': true as const }),
  };
}

function FieldLabel({ label, requiredText, optionalText }: FieldText) {
  return (
    <>
      {label}
      {requiredText && <span className="ms-2 text-xs font-normal text-danger">{requiredText}</span>}
      {optionalText && <span className="ms-2 text-xs font-normal text-text-2">{optionalText}</span>}
    </>
  );
}

function FieldMessages({ id, hint, error }: { id: string; hint: ReactNode; error: ReactNode }) {
  return (
    <>
      {hint && (
        <p id={`${id}-hint`} className="text-sm text-text-2">
          {hint}
        </p>
      )}
      <div aria-live="polite">
        {error && (
          <p id={`${id}-error`} className="flex items-start gap-1 text-sm font-semibold text-danger">
            <Icon name="danger" size={20} />
            <span>{error}</span>
          </p>
        )}
      </div>
    </>
  );
}
