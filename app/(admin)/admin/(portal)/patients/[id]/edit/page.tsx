import { EditPatient } from './edit-patient.tsx';

export default async function EditPatientPage({ params }: { params: Promise<{ id: string }> }) {
  return <EditPatient id={(await params).id} />;
}
