import type { Change } from './change.ts';
import type { Life } from './confirmation.ts';
import type { Declaration } from './declaration.ts';
import { DELETED } from './key.ts';
import { decodeRow, type Layout, type Row } from './layout.ts';
import { mergeChanges, mergeRecords, refOf } from './merge.ts';
import { type OutboxEntry, wasApplied } from './outbox.ts';
import type { ExchangeReply } from './protocol/exchange-reply.ts';
import { scopesOfReply } from './protocol/exchange-reply.ts';
import type { Left, Page, Table } from './protocol/page.ts';
import { refKey, type StoredRecord } from './record.ts';
import { clinicsOfPatient, patientOf, type ScopeId, scopesOf } from './scopes.ts';
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

/** Changes that are still this phone's alone, by record. */
export function pendingByRecord(entries: readonly OutboxEntry[]): Map<string, Change[]> {
  return changesByRecord(entries.filter((entry) => entry.state === 'pending'));
}

/**
 * Changes that a reply settled as applied, by record: they are merged into the stored record before they stop being
 * pending. `after` is the outbox after the reply, entry by entry.
 */
export function appliedByRecord(before: readonly OutboxEntry[], after: readonly OutboxEntry[]): Map<string, Change[]> {
  return changesByRecord(after.filter((entry, index) => isApplied(entry) && !wasApplied(before[index]!)));
}

/**
 * Changes that are shown over the stored record no longer and are not merged into it, by record: refused, or applied
 * before and only confirmed again.
 */
export function withdrawnByRecord(
  before: readonly OutboxEntry[],
  after: readonly OutboxEntry[],
): Map<string, Change[]> {
  return changesByRecord(
    after.filter((entry, index) => {
      const was = before[index]!;
      const isRefused = entry.state === 'refused' && was.state !== 'refused';
      return isRefused || (was.state === 'pending' && entry.state !== 'pending' && wasApplied(was));
    }),
  );
}

function isApplied({ state }: OutboxEntry): boolean {
  return state === 'received' || state === 'confirmed';
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
 * yet (the feed says it once), unless anything of theirs stands in that clinic's feed again.
 */
export function departuresIn(waiting: readonly Departure[], pages: readonly Page[]): Departure[] {
  const told = pages.flatMap((page) => page.left.map((left) => ({ scope: page.scope, left })));
  const back = waiting.length === 0 ? new Set() : new Set(pages.flatMap(patientsOfPage));
  const known = waiting.filter(({ scope, left }) => !back.has(clinicOf(scope) + left.id));
  return [...known, ...told.filter(({ left }) => left.collection === 'patients')];
}

/** Clinic and patient of each record of a page. */
function patientsOfPage(page: Page): string[] {
  const patients = recordsOf(page.tables).map((record) =>
    record.collection === 'patients' ? record.id : String(record.values.patientId),
  );
  return patients.map((patientId) => clinicOf(page.scope) + patientId);
}

function clinicOf(scope: ScopeId): string {
  return scope.slice(0, scope.indexOf(':') + 1);
}

/**
 * Do these departures of one patient take his chart out of everything held here? Not while this phone knows a later
 * joining of the clinic than the stamp that took him out (he came back); not while he is with another clinic held here.
 * `memberships` as the upstream has them and as they are shown: either may keep him.
 */
export function hasDeparted(
  departures: readonly Departure[],
  memberships: readonly StoredRecord[],
  heldScopes: readonly ScopeId[],
): boolean {
  const gone = departures.filter((one) => !hasRejoined(one, memberships));
  const stays = clinicsOfPatient(memberships).filter((clinicId) => !gone.some((one) => isOf(one, clinicId)));
  const word = gone[0]?.scope.split(':')[1];
  return gone.length > 0 && !stays.some((clinicId) => heldScopes.includes(`${clinicId}:${word}`));
}

function isOf({ scope }: Departure, clinicId: string): boolean {
  return scope.startsWith(`${clinicId}:`);
}

function hasRejoined(departure: Departure, memberships: readonly StoredRecord[]): boolean {
  const own = memberships.filter((record) => isOf(departure, String(record.values.clinicId)));
  const joined = clinicsOfPatient(own).length === 0 ? undefined : greatestStamp(own.flatMap(decidingStamps));
  return joined !== undefined && joined > departure.left.stamp;
}

/** Only these keys say whether a membership is on: a newer write to another key of it is no return. */
function decidingStamps(membership: StoredRecord): Stamp[] {
  return ['clinicId', 'leftAt', 'endedAt', DELETED].flatMap((key) => membership.stamps[key] ?? []);
}

/** What a phone has read of its upstreams, and what it may hold. */
export interface Reading {
  /** The life of the feed that it last read. */
  readonly epoch: string | null;
  /** By life of a feed, the last read one last: what is read of one says nothing about another. */
  readonly cursors: Readonly<Record<string, Readonly<Record<ScopeId, number>>>>;
  readonly scopes: readonly ScopeId[];
  /** The greatest version of its rights that it has seen. */
  readonly grants: number;
  /** Clinics whose work the upstream that was last asked does not take. */
  readonly notHere: readonly string[];
}

export const NOTHING_READ: Reading = { epoch: null, cursors: {}, scopes: [], grants: 0, notHere: [] };

/** Lives of feeds that are remembered: a server, a hub or two, and the ones before they were restored. */
export const LIVES = 4;

export interface Read {
  readonly reading: Reading;
  /** The pages that may be stored. */
  readonly pages: readonly Page[];
  /** Every scope that this phone may hold was read to its end, here. */
  readonly complete: boolean;
}

/**
 * What was read after a reply to a request that named `asked` as the life it had read. Rights older than those seen
 * before are not obeyed (a hub may not know yet what the server withdrew): nothing is let go by them, and nothing taken
 * in that they would allow. A new life of the root starts the versions again; those of one that was given up, and of a
 * hub that does not know it yet, count for nothing.
 */
export function readAfter(before: Reading, reply: ExchangeReply, life: Life): Read {
  const obeyed = life === 'new' || (life === 'same' && reply.grants >= before.grants);
  const scopes = obeyed ? scopesOfReply(reply) : before.scopes;
  const pages = reply.pages.filter((page) => scopes.includes(page.scope));
  const known = before.cursors[reply.epoch];
  // Answered for another life than was asked about: its cursors are those of nothing read.
  const isRead = before.epoch === null || before.epoch === reply.epoch;
  const { [reply.epoch]: _, ...others } = before.cursors;
  const here = isRead ? { ...known, ...reply.cursors } : (known ?? {});
  const lives = { ...Object.fromEntries(Object.entries(others).slice(1 - LIVES)), [reply.epoch]: here };
  const cursors = Object.fromEntries(Object.entries(lives).map(([life, read]) => [life, within(read, scopes)]));
  const told = reply.notHere ?? [];
  // A hub may have been given the clinic since.
  const still = before.notHere.filter((clinicId) => !(`${clinicId}:desk` in reply.cursors));
  const notHere = before.epoch === reply.epoch ? [...new Set([...still, ...told])] : told;
  const reading = { epoch: reply.epoch, cursors, scopes, grants: obeyed ? reply.grants : before.grants, notHere };
  const complete = isRead && !reply.more && scopes.every((scope) => scope in reply.cursors);
  return { reading, pages, complete };
}

/** Of a scope that is let go nothing may count as read: given again, it is read from its beginning. */
function within(cursors: Readonly<Record<ScopeId, number>>, scopes: readonly ScopeId[]): Record<ScopeId, number> {
  return Object.fromEntries(Object.entries(cursors).filter(([scope]) => scopes.includes(scope)));
}

/** Must a departure be asked about again: does this phone still show the clinic's membership, or hold work for it? */
export function isWaiting(departure: Departure, memberships: readonly StoredRecord[], hasPending: boolean): boolean {
  return hasPending || clinicsOfPatient(memberships).some((clinicId) => isOf(departure, clinicId));
}

/**
 * Is a record none of this device's business any more? (A right was withdrawn; or it was written by someone who may
 * write it but not hold it, and is now confirmed.) `memberships` as the upstream has them: what is pending may be
 * refused. Where a patient is can be told only when every scope held was read to its end (`complete`): before that the
 * membership that brings him here may be on the next page.
 */
export function isReleased(
  collection: Declaration,
  record: StoredRecord,
  memberships: readonly StoredRecord[],
  heldScopes: readonly ScopeId[],
  complete: boolean,
): boolean {
  const scopes = scopesOf(collection, record, clinicsOfPatient(memberships));
  const held = scopes.some((scope) => heldScopes.includes(scope));
  // Without its patient a chart's record is in no scope at all: an edit of something whose creation was refused.
  if (patientOf(collection, record) === null) return scopes.length === 0 ? collection.place === 'chart' : !held;
  const ofNoClinic = scopes.length > 0 && !heldScopes.some((scope) => scope.endsWith(`:${collection.scope}`));
  return ofNoClinic || (complete && !held);
}

/**
 * The same of what a repair replaced and nobody has seen yet; its patient may have left meanwhile. Where none of his
 * memberships is known nothing says that he did.
 */
export function isKeptNoMore(
  collection: Declaration,
  replaced: StoredRecord,
  departures: readonly Departure[],
  memberships: readonly StoredRecord[],
  heldScopes: readonly ScopeId[],
  complete: boolean,
): boolean {
  if (hasDeparted(departures, memberships, heldScopes)) return true;
  const isKnown = patientOf(collection, replaced) === null || memberships.length > 0;
  return isKnown && isReleased(collection, replaced, memberships, heldScopes, complete);
}

/** Charts to look at again once every scope was read to its end: those with settled changes, or all. */
export type Unchecked = 'all' | readonly string[];

export function moreUnchecked(
  before: Unchecked,
  patientIds: readonly string[],
  scopesBefore: readonly ScopeId[],
  scopes: readonly ScopeId[],
): Unchecked {
  if (before === 'all' || isNarrower(scopesBefore, scopes)) return 'all';
  return [...new Set([...before, ...patientIds])];
}

/** Was a scope withdrawn? */
export function isNarrower(before: readonly ScopeId[], scopes: readonly ScopeId[]): boolean {
  return before.some((scope) => !scopes.includes(scope));
}
