import { FirstAdministratorForm } from './first-administrator-form.tsx';

export default function FirstAdministratorPage() {
  return <FirstAdministratorForm />;
}
