import { ClinicList } from './clinic-list.tsx';

export default function Page() {
  return <ClinicList />;
}
