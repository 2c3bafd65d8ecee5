import { DeviceTable } from './device-table.tsx';

export default function Page() {
  return <DeviceTable />;
}
