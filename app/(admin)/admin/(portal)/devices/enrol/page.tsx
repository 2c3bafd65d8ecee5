import { EnrolPhone } from './enrol-phone.tsx';

export default function Page() {
  return <EnrolPhone />;
}
