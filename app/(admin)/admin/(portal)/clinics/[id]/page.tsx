import { EditClinic } from './edit-clinic.tsx';

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <EditClinic id={(await params).id} />;
}
