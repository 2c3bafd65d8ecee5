import { ImportForm } from './import-form.tsx';

export default function Page() {
  return <ImportForm />;
}
