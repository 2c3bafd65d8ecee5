import { ViewsPage } from './views-page.tsx';

export default function Page() {
  return <ViewsPage />;
}
