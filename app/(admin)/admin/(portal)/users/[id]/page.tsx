import { UserPage } from './user-page.tsx';

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <UserPage id={(await params).id} />;
}
