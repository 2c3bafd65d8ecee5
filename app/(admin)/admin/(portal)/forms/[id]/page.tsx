import { FormVersions } from './form-versions.tsx';

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <FormVersions id={(await params).id} />;
}
