import type { Change } from './change.ts';
import type { Declaration } from './declaration.ts';
import { DELETED } from './key.ts';
import { decodeRow, type Layout, type Row } from './layout.ts';
import { mergeChanges, mergeRecords, refOf } from './merge.ts';
import { type OutboxEntry, settleEntry } from './outbox.ts';
import type { Outcome } from './protocol/outcome.ts';
import type { Left, Page, Table } from './protocol/page.ts';
import { refKey, type StoredRecord } from './record.ts';
import { clinicsOfPatient, type ScopeId, scopesOf } from './scopes.ts';
import { greatestStamp, type Stamp } from './stamp.ts';

/** A record on a phone: as the upstream has it, and as it is shown with this phone's pending changes over it. */
export interface HeldRecord {
  /** Null while only pending changes know the record. */
  readonly stored: StoredRecord | null;
  readonly shown: StoredRecord;
}

/** Every record of the pages' tables. */
export function recordsOf(tables: readonly Table[]): StoredRecord[] {
  return tables.flatMap((table) => table.records.map((row) => decodeRow(table as Layout, row as Row)));
}

/** The outbox after the outcomes: exactly the entries that they name are settled. */
export function settleOutbox<E extends OutboxEntry>(entries: readonly E[], outcomes: readonly Outcome[]): E[] {
  const byAction = new Map(outcomes.map((outcome) => [outcome.actionId, outcome]));
  return entries.map((entry) => {
    const outcome = byAction.get(entry.action.id);
    return outcome === undefined || entry.state === 'confirmed' ? entry : settleEntry(entry, outcome);
  });
}

/** Changes that are still this phone's alone, by record. */
export function pendingByRecord(entries: readonly OutboxEntry[]): Map<string, Change[]> {
  return changesByRecord(entries.filter((entry) => entry.state === 'pending'));
}

/** Changes that the outcomes settled as applied: they are merged into the stored record before they stop being pending. */
export function appliedByRecord(before: readonly OutboxEntry[], outcomes: readonly Outcome[]): Map<string, Change[]> {
  const applied = new Set(outcomes.filter((one) => one.result !== 'refused').map((one) => one.actionId));
  return changesByRecord(before.filter((entry) => entry.state === 'pending' && applied.has(entry.action.id)));
}

export function refusedByRecord(before: readonly OutboxEntry[], outcomes: readonly Outcome[]): Map<string, Change[]> {
  const refused = new Set(outcomes.filter((one) => one.result === 'refused').map((one) => one.actionId));
  return changesByRecord(before.filter((entry) => entry.state === 'pending' && refused.has(entry.action.id)));
}

function changesByRecord(entries: readonly OutboxEntry[]): Map<string, Change[]> {
  const byRecord = new Map<string, Change[]>();
  for (const { action } of entries) {
    for (const change of action.changes) {
      const key = refKey(refOf(change));
      byRecord.set(key, [...(byRecord.get(key) ?? []), change]);
    }
  }
  return byRecord;
}

/**
 * A record after a reply: applied changes and the pulled row are merged into the stored one (never stored over it),
 * and what is still pending is shown over that. Null when nothing is left to hold.
 */
export function rebaseRecord(
  held: HeldRecord | undefined,
  incoming: StoredRecord | undefined,
  applied: readonly Change[],
  pending: readonly Change[],
): HeldRecord | null {
  let stored = mergeChanges(held?.stored ?? undefined, applied);
  if (incoming !== undefined) stored = mergeRecords(stored, incoming);
  const shown = mergeChanges(stored, pending);
  return shown === undefined ? null : { stored: stored ?? null, shown };
}

/** A patient who left a scope, and with what membership stamp. */
export interface Departure {
  readonly scope: ScopeId;
  readonly left: Left;
}

/**
 * The patients who left a scope: those that these pages tell of, and those told of earlier who could not be let go
 * yet (the feed says it once), unless they are back in that scope's feed.
 */
export function departuresIn(waiting: readonly Departure[], pages: readonly Page[]): Departure[] {
  const back = new Set(
    pages.flatMap((page) =>
      page.tables.filter(isPatients).flatMap((table) => table.records.map((row) => page.scope + row[0])),
    ),
  );
  const told = pages.flatMap((page) => page.left.map((left) => ({ scope: page.scope, left })));
  const known = waiting.filter(({ scope, left }) => !back.has(scope + left.id));
  return [...known, ...told.filter(({ left }) => left.collection === 'patients')];
}

function isPatients(table: Table): boolean {
  return table.collection === 'patients';
}

/**
 * May a chart that left `scope` be let go? Not when this phone knows a later joining of that clinic than the stamp
 * that took it out (the patient came back); not when another scope it holds has the chart.
 */
export function mayLetGo(
  { scope, left }: Departure,
  memberships: readonly StoredRecord[],
  heldScopes: readonly ScopeId[],
): boolean {
  const [clinicId, word] = scope.split(':');
  const own = memberships.filter((record) => record.values.clinicId === clinicId);
  const joined = clinicsOfPatient(own).length === 0 ? undefined : greatestStamp(own.flatMap(decidingStamps));
  if (joined !== undefined && joined > left.stamp) return false;
  const others = clinicsOfPatient(memberships).filter((clinic) => clinic !== clinicId);
  return !others.some((clinic) => heldScopes.includes(`${clinic}:${word}`));
}

/** Only these keys say whether a membership is on: a newer write to another key of it is no return. */
function decidingStamps(membership: StoredRecord): Stamp[] {
  return ['clinicId', 'leftAt', DELETED].flatMap((key) => membership.stamps[key] ?? []);
}

/** Must a departure be asked about again: does this phone still show the clinic's membership, or hold work for it? */
export function isWaiting({ scope }: Departure, memberships: readonly StoredRecord[], hasPending: boolean): boolean {
  return hasPending || clinicsOfPatient(memberships).some((clinicId) => scope.startsWith(`${clinicId}:`));
}

/**
 * Is a record none of this device's business any more: its scopes are known, and none of them is held? (A right was
 * withdrawn; or it was written by someone who may write it but not hold it, and is now confirmed.)
 */
export function isReleased(
  collection: Declaration,
  record: StoredRecord,
  memberships: readonly StoredRecord[],
  heldScopes: readonly ScopeId[],
): boolean {
  const scopes = scopesOf(collection, record, clinicsOfPatient(memberships));
  return scopes.length > 0 && !scopes.some((scope) => heldScopes.includes(scope));
}

/**
 * The same for a change that was just settled: no membership of its patient is here to say where it belongs. (He moved
 * away before it was made, or while it was pending.)
 */
export function isOrphaned(patientId: string | null, memberships: readonly StoredRecord[]): boolean {
  return patientId !== null && memberships.length === 0;
}
