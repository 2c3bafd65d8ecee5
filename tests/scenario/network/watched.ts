import type { MemoryPhone } from '../../../db/memory/memory-phone.ts';
import type { MemoryRelay } from '../../../db/memory/memory-relay.ts';
import type { Actor } from '../../../lib/access/actor.ts';
import { pendingByRecord } from '../../../lib/replication/apply-reply.ts';
import type { DownstreamStore } from '../../../lib/replication/exchange.ts';
import { isFromRoot } from '../../../lib/replication/healing.ts';
import { canonicalJson } from '../../../lib/replication/json.ts';
import { mergeChanges, refOf } from '../../../lib/replication/merge.ts';
import { wasApplied } from '../../../lib/replication/outbox.ts';
import type { ExchangeReply } from '../../../lib/replication/protocol/exchange-reply.ts';
import { refKey } from '../../../lib/replication/record.ts';
import { noneOlder, storedIn } from '../never-back.ts';

type State = MemoryPhone['state'];

/** A store that says what every reply did to it. */
function watched<S>(
  store: DownstreamStore,
  look: () => S,
  check: (before: S, after: S, reply: ExchangeReply) => void,
): DownstreamStore {
  return {
    readOutgoing: (limits) => store.readOutgoing(limits),
    async applyReply(reply, asked) {
      const before = look();
      await store.applyReply(reply, asked);
      check(before, look(), reply);
    },
  };
}

/**
 * A phone on which, whatever reply it applies, nothing that it held goes back and nothing of its own goes missing.
 * `confirmed` gathers the actions of which it was told that the root has applied them; `isAtRoot`: is it in the log of
 * one that is a root, or was?
 */
export function watchedPhone(
  phone: MemoryPhone,
  confirmed: Set<string>,
  isAtRoot: (actionId: string) => boolean,
): DownstreamStore {
  return watched(
    phone,
    () => phone.state,
    (before, after, reply) => {
      const replaced = new Set(after.replaced);
      noneOlder(storedIn(before.records.values()).values(), storedIn(after.records.values()), (row) =>
        replaced.has(row),
      );
      cursorsAdvance(before, after);
      pendingIsShown(after);
      nothingForgotten(before, after);
      const known = confirmedIn(before);
      for (const id of confirmedIn(after)) {
        // A root's own word may come late: a hub that ran alone and was attached since has to ask anew.
        if (!known.has(id) && !isAtRoot(id) && !isFromRoot(reply, null))
          throw new Error(`action ${id} is confirmed, and no root has it`);
        confirmed.add(id);
      }
      if (reply.rootEpoch < (before.rootEpoch ?? '')) nothingBelieved(before, after);
    },
  );
}

/**
 * A hub whose rows do not go back, unless its sums differed and the root's took their place; and which lets nothing go
 * that it applied and the root does not have.
 */
export function watchedRelay(relay: MemoryRelay<Actor>): DownstreamStore {
  const unconfirmed = () =>
    relay.log
      .filter(({ outcome, emptied }) => outcome.result === 'applied' && !outcome.confirmed && emptied !== true)
      .map(({ change }) => change);
  return watched(
    relay,
    () => new Map(relay.records),
    (before, after) => {
      noneOlder(before.values(), after, () => relay.healed !== '');
      for (const key of new Set(unconfirmed().map((change) => refKey(refOf(change)))))
        if (before.has(key) && !after.has(key)) throw new Error(`the hub let ${key} go, which the root does not have`);
    },
  );
}

function cursorsAdvance({ reading: before }: State, { reading: after }: State): void {
  for (const [epoch, cursors] of Object.entries(before.cursors))
    for (const [scope, seq] of Object.entries(cursors))
      if ((after.cursors[epoch]?.[scope] ?? seq) < seq) throw new Error(`the cursor of ${scope} went back`);
}

/**
 * Every record is shown with this phone's pending work over what the upstream has, and with nothing else. What was
 * applied once and is offered again to a new root need not be: it may be of a chart that had to be let go since, or have
 * been replaced by a repair.
 */
function pendingIsShown({ records, outbox }: State): void {
  const pending = pendingByRecord(outbox);
  const never = pendingByRecord(outbox.filter((entry) => !wasApplied(entry)));
  for (const [key, { stored, shown }] of records) {
    const [all, must] = [pending.get(key) ?? [], never.get(key) ?? []];
    if (all.length === 0 && stored === shown) continue;
    const [least, most] = [must, all].map((changes) => mergeChanges(stored ?? undefined, changes)?.stamps ?? {});
    for (const name of Object.keys({ ...most, ...shown.stamps })) {
      const stamp = shown.stamps[name] ?? '';
      const isBetween = stamp >= (least?.[name] ?? '') && stamp <= (most?.[name] ?? '');
      if (!isBetween) throw new Error(`${key} is not shown as it was left: ${name}`);
    }
  }
  for (const key of never.keys()) if (!records.has(key)) throw new Error(`${key} is pending and not shown`);
}

function confirmedIn({ outbox }: State): Set<string> {
  return new Set(outbox.filter(({ state }) => state === 'confirmed').map(({ action }) => action.id));
}

/** A root that was given up, and a hub that does not know it yet, confirm nothing, give no rights and repair nothing. */
function nothingBelieved(before: State, after: State): void {
  const rights = ({ reading: { scopes, grants } }: State) => canonicalJson([grants, ...scopes].sort());
  if (confirmedIn(after).size > confirmedIn(before).size) throw new Error('a root that was given up confirmed work');
  if (rights(after) !== rights(before)) throw new Error('a root that was given up gave rights');
  if (after.healed !== before.healed || after.replaced.some((row) => !before.replaced.includes(row)))
    throw new Error('a root that was given up repaired rows');
}

/** Only what the root has confirmed is forgotten: what was refused stays, with its content, until a person dealt with it. */
function nothingForgotten({ outbox: before }: State, { outbox: after }: State): void {
  const kept = new Set(after.map(({ action }) => action.id));
  for (const { action, state } of before)
    if (!kept.has(action.id) && state !== 'confirmed') throw new Error(`action ${action.id} was forgotten: ${state}`);
}
