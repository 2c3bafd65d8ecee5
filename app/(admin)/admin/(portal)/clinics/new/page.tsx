import { NewClinic } from './new-clinic.tsx';

export default function Page() {
  return <NewClinic />;
}
