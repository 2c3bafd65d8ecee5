import { type Actor, FLAGS } from '../../../lib/access/actor.ts';
import { calendarDayIn } from '../../../lib/domain/calendar-date.ts';
import type { Command } from '../../../lib/domain/command.ts';
import { createIdSource } from '../../../lib/domain/identity.ts';
import type { Author, Edit } from '../../../lib/replication/author-action.ts';
import { refKey, type StoredRecord } from '../../../lib/replication/record.ts';
import { type DemoCalendar, demoCalendar, instantOf, TIME_ZONE } from './demo-day.ts';
import { type Dice, diceOf } from './dice.ts';

/** What one person did at one moment: an action that is not yet authored. */
export interface Gesture {
  readonly author: Author;
  readonly atMs: number;
  readonly edits: readonly Edit[];
}

/** Ids of the demo are made at one moment that never was, so that they do not depend on the day it is made. */
const ID_EPOCH_MS = Date.UTC(2024, 0, 1);

/** A clinic being made up: what stands so far, and the gestures that made it. */
export class DemoWorld {
  readonly dice: Dice;
  readonly calendar: DemoCalendar;
  readonly newId: () => string;
  readonly gestures: Gesture[] = [];
  readonly #records = new Map<string, StoredRecord>();
  readonly #happened = new Set<string>();

  constructor(seed: number, nowMs: number) {
    this.dice = diceOf(seed);
    this.calendar = demoCalendar(nowMs);
    const ids = diceOf(seed ^ 0x1d5);
    this.newId = createIdSource({ now: () => ID_EPOCH_MS, random: ids.bytes });
  }

  read(collection: string, id: string): StoredRecord | undefined {
    return this.#records.get(refKey({ collection, id }));
  }

  /** True the first time it is asked about this. */
  once(what: string): boolean {
    const first = !this.#happened.has(what);
    this.#happened.add(what);
    return first;
  }

  /** Runs a command as a person of the clinic would. A refusal is a mistake of the demo, so it is thrown. */
  run<I>(command: Command<I>, input: I, author: Author, atMs: number): void {
    const now = instantOf(atMs);
    const decision = command.decide(command.input.parse(input), {
      actor: actorFor(author),
      clinicId: author.clinicId,
      now,
      today: calendarDayIn(now, TIME_ZONE),
      timeZone: TIME_ZONE,
      newId: this.newId,
      read: (ref) => this.#records.get(refKey(ref)),
    });
    if (!decision.ok) throw new Error(`the demo was refused ${command.name}: ${JSON.stringify(decision.refusal)}`);
    this.edit(author, atMs, ...decision.edits);
  }

  /** Writes that no command stands for yet. */
  edit(author: Author, atMs: number, ...edits: readonly Edit[]): void {
    this.gestures.push({ author, atMs, edits });
    for (const { collection, id, fields } of edits) {
      const values = { ...this.read(collection, id)?.values, ...fields };
      this.#records.set(refKey({ collection, id }), { collection, id, values, stamps: {} });
    }
  }
}

/** Commands ask only who acts; what he may do is judged when the gesture is accepted. */
function actorFor({ userId, clinicId }: Author): Actor {
  return { userId, role: 'provider', active: true, flags: clinicId === null ? {} : { [clinicId]: FLAGS } };
}
