'use client';
import { formatHumanCode, humanCode } from '../../../../../lib/domain/human-code.ts';
import { patientName } from '../../../../(clinic)/patient/patient-name.ts';
import { CodeText } from '../../../../ui/code-text.tsx';
import { Link } from '../../../../ui/link.tsx';

/** The patient's page, with every change of the record; the number alone for one who is not known here. */
export function PatientLink({
  patientId,
  givenName,
  familyName,
}: {
  patientId: string;
  givenName: string | null;
  familyName: string | null;
}) {
  const name = patientName({ givenName, familyName });
  const code = <CodeText>{formatHumanCode(humanCode(patientId))}</CodeText>;
  if (name === null) return code;
  return (
    <Link href={`/admin/patients/${patientId}`} className="inline-flex min-h-12 items-center font-semibold text-accent">
      <bdi>{name}</bdi>
    </Link>
  );
}
