import { GrantsPage } from '../grants-page.tsx';

export default function Page() {
  return <GrantsPage />;
}
