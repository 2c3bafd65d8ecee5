import { FormList } from './form-list.tsx';

export default function Page() {
  return <FormList />;
}
