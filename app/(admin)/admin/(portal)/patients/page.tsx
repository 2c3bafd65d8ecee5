import { PatientTable } from './patient-table.tsx';

export default function PatientsPage() {
  return <PatientTable />;
}
