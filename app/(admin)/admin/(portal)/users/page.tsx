import { UserTable } from './user-table.tsx';

export default function Page() {
  return <UserTable />;
}
