import type { Actor } from '../access/actor.ts';
import type { Collection } from '../replication/declaration.ts';
import { accessGrants } from './access-grant/access-grant.ts';
import { appointmentDepartments, appointments } from './appointment/appointment.ts';
import { clinics } from './clinic/clinic.ts';
import { conflicts } from './conflict/conflict.ts';
import { departments } from './department/department.ts';
import { devices } from './device/device.ts';
import { events } from './event/event.ts';
import { formDrafts, forms, formVersions } from './form/form.ts';
import { medicines } from './medicine/medicine.ts';
import { organisation } from './organisation/organisation.ts';
import { patientClinics, patientLinks, patients } from './patient/patient.ts';
import { permissions } from './permission/permission.ts';
import { stockMovements } from './stock/stock-movement.ts';
import { credentials, users } from './user/user.ts';
import { views } from './view/view.ts';
import { visits } from './visit/visit.ts';
import { vitals } from './vitals/vitals.ts';

/** Version of the declarations as a whole. A writer's schema travels with each of its changes. */
export const SCHEMA_VERSION = 1;

/** Every collection, in the order in which rows are locked and sent. */
export const COLLECTIONS: readonly Collection<string, Actor>[] = [
  organisation,
  clinics,
  departments,
  users,
  credentials,
  permissions,
  forms,
  formVersions,
  formDrafts,
  medicines,
  devices,
  patients,
  patientClinics,
  patientLinks,
  accessGrants,
  visits,
  events,
  vitals,
  appointments,
  appointmentDepartments,
  stockMovements,
  conflicts,
  views,
];

const byName: ReadonlyMap<string, Collection<string, Actor>> = new Map(COLLECTIONS.map((one) => [one.name, one]));

/** The declaration of a collection, or undefined for a name this version does not know. */
export function collectionNamed(name: string): Collection<string, Actor> | undefined {
  return byName.get(name);
}

/** Is it what people and devices sign in by, or else for servers and hubs only? */
export function isCustody({ collection }: { readonly collection: string }): boolean {
  return collectionNamed(collection)?.scope === 'custody';
}

/** Collections kept inside their patient's row on the phone. */
export const CHART_COLLECTIONS: readonly Collection<string, Actor>[] = COLLECTIONS.filter(
  (one) => one.place === 'chart',
);
