import { NewUser } from './new-user.tsx';

export default function Page() {
  return <NewUser />;
}
