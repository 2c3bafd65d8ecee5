import { PatientChart } from './patient-chart.tsx';

export default async function PatientPage({ params }: { params: Promise<{ id: string }> }) {
  return <PatientChart id={(await params).id} />;
}
