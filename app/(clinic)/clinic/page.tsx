import { ClinicApp } from '../clinic-app.tsx';

/** Static: this HTML is what every phone keeps, and what every clinician path shows (next.config.mjs). */
export const dynamic = 'force-static';

export default function ClinicPage() {
  return <ClinicApp />;
}
