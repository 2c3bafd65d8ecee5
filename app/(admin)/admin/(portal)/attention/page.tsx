import { AttentionPage } from './attention-page.tsx';

export default function Page() {
  return <AttentionPage />;
}
