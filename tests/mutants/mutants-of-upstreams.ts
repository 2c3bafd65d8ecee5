import type { Mutant } from './mutant.ts';

const CONFIRMING = { project: 'unit', file: 'tests/contract/confirmation.test.ts' } as const;
const REPEATING = { project: 'unit', file: 'tests/contract/memory-feed-replica.test.ts' } as const;
const VERDICT = { project: 'unit', file: 'tests/unit/replication/verdict.test.ts' } as const;
const RELAYING = { project: 'unit', file: 'tests/contract/memory-relay.test.ts' } as const;
const ACCEPT = 'lib/replication/accept.ts';
const ANSWER = 'lib/replication/answer-exchange.ts';
const RELAY = 'db/memory/memory-relay.ts';

/** What a server or a hub decides, answers, passes on, and hears of witnesses. */
export const MUTANTS_OF_UPSTREAMS: readonly Mutant[] = [
  {
    name: 'an action is half applied before it is refused',
    rule: 'R4',
    file: 'lib/replication/judge.ts',
    text: "if (refusal !== null) return { result: 'refused', refusal };",
    instead:
      "if (refusal !== null) return records.size > 0 ? { result: 'applied', records } : { result: 'refused', refusal };",
  },
  {
    name: 'work that was put together for another life of a feed is taken',
    rule: 'R16',
    file: ANSWER,
    text: 'return epoch === null || epoch === (await replica.life());',
    instead: 'return epoch !== undefined || epoch === (await replica.life());',
    caughtBy: { ...CONFIRMING, because: 'in few runs a phone leaves a hub that has handed nothing on' },
  },
  {
    name: 'a relay refuses an edit of what it does not have',
    rule: 'R20',
    file: 'lib/replication/verdict.ts',
    text: "if (verdict.result === 'refused' && !root && mayBePassedOn(world, action, held))",
    instead: "if (verdict.result === 'refused' && root && !root && mayBePassedOn(world, action, held))",
    caughtBy: { ...CONFIRMING, because: 'a refusal keeps the content' },
  },
  {
    name: 'an edit is handed to an upstream that did not take the making',
    rule: 'R20',
    file: 'lib/replication/outbox.ts',
    text: 'if (isMine && !refs.some((ref) => waiting.has(ref))) return true;',
    instead: 'if (isMine) return true;',
  },
  {
    name: 'a watermark confirms what its upstream could not judge',
    rule: 'R16',
    file: 'lib/replication/confirmation.ts',
    text: 'entry.receivedBy === epoch && !entry.unjudged;',
    instead: 'entry.receivedBy === epoch;',
    caughtBy: { ...CONFIRMING, because: 'the refused work is in few runs handed to a hub that lacks its record' },
  },
  {
    name: 'what is known is judged and logged again',
    rule: 'R4',
    file: ACCEPT,
    text: "return earlier?.result === 'refused' && reopened.has(action.id) ? undefined : earlier;",
    instead: 'return earlier === undefined || !reopened.has(action.id) ? undefined : earlier;',
  },
  {
    name: 'what was refused is judged again when it comes again',
    rule: 'R4',
    file: ACCEPT,
    text: "return earlier?.result === 'refused' && reopened.has(action.id) ? undefined : earlier;",
    instead: "return earlier?.result === 'refused' ? undefined : earlier;",
    caughtBy: { ...REPEATING, because: 'either outcome keeps the content' },
  },
  {
    name: 'what the root refused first stays refused though the hub had applied it',
    rule: 'R5',
    file: ACCEPT,
    text: "return earlier?.result === 'refused' && reopened.has(action.id) ? undefined : earlier;",
    instead: 'return reopened.size === 0 ? earlier : earlier;',
  },
  {
    name: "a hub's refusal is judged again",
    rule: 'R5',
    file: 'lib/replication/verdict.ts',
    text: "if (judged?.result === 'refused' && judged.refusal !== null)",
    instead: "if (judged?.result === 'refused' && judged.refusal === null)",
    caughtBy: { ...VERDICT, because: 'either outcome keeps the content' },
  },
  {
    name: 'what a hub applied is judged again',
    rule: 'R5',
    file: 'lib/replication/verdict.ts',
    text: "judged?.result !== 'applied' || !isCarried(world, action, held)",
    instead: 'true',
  },
  {
    name: 'an outcome that became another is not told',
    rule: 'R6',
    file: ANSWER,
    text: 'outcomes: [...outcomes, ...revised.filter((outcome) => !said.has(outcome.actionId))],',
    instead: 'outcomes: [...outcomes, ...revised.filter((outcome) => said.has(outcome.actionId)).slice(0, 0)],',
  },
  {
    name: 'a relay refuses the work of another clinic instead of leaving it to the root',
    rule: 'R5',
    file: ANSWER,
    text: 'const notHere = clinics.filter((clinicId) => !isHere(clinicId));\n  return { actions: handedIn.filter(takenWhere(isHere)),',
    instead: 'const notHere: string[] = [];\n  return { actions: handedIn,',
  },
  {
    name: 'cursors of another life of the feed are read on from',
    rule: 'R8',
    file: ANSWER,
    text: 'const isHere = request.epoch === null || request.epoch === identity.epoch;',
    instead: 'const isHere = true;',
    caughtBy: { ...REPEATING, because: 'a phone leaves such a reply out and asks again' },
  },
  {
    name: 'a hub that attaches late outlives its root',
    rule: 'R6',
    file: ANSWER,
    text: 'if (fromHub && request.rootEpoch !== undefined && isPossible(request.rootEpoch, nowMs))',
    instead: 'if (fromHub && request.rootEpoch === null)',
  },
  {
    name: 'a root in recovery judges by rights that its backup does not know',
    rule: 'R6',
    file: ACCEPT,
    text: 'const verdict = isJudged || !recovering ? told : appliedBefore(world, action);',
    instead: 'const verdict = isJudged || recovering || !recovering ? told : appliedBefore(world, action);',
    caughtBy: { ...CONFIRMING, because: 'few rights of the simulator change between a backup and a loss' },
  },
  {
    name: 'a row from the root is stored over what the relay holds',
    rule: 'R8',
    file: ACCEPT,
    text: 'replaces(held, row) ? row : mergeRecords(held, row));',
    instead: 'replaces(held, row) ? row : row);',
    caughtBy: { ...RELAYING, because: 'a phone seldom edits a record just while the row of its root is on its way' },
  },
  {
    name: 'a chart that moved is not fed to the clinic it came to',
    rule: 'R9',
    file: ACCEPT,
    text: 'const charts = await store.readCharts(movedPatients(clinics));',
    instead: 'const charts = await store.readCharts(movedPatients(clinics).slice(0, 0));',
  },
  {
    name: 'a chart that left is not told to the clinic it left',
    rule: 'R9',
    file: ACCEPT,
    text: 'if (!scopesAfter.includes(scope)) feed.push(',
    instead: 'if (scope.length === 0) feed.push(',
  },
  {
    name: 'a page reads past what it brings',
    rule: 'R8',
    file: 'lib/replication/read-pages.ts',
    text: 'at = page.upTo;',
    instead: 'at = head.seq;',
  },
  {
    name: 'a watermark passes a gap',
    rule: 'R6',
    file: 'lib/replication/watermark.ts',
    text: 'return { seq, chain };',
    instead: 'return { seq: Math.max(seq, ...bySeq.keys()), chain };',
    caughtBy: { ...REPEATING, because: 'a number whose chain is not that of the phone settles nothing there' },
  },
  {
    name: 'a hub says that what it received is at the root',
    rule: 'R6',
    file: RELAY,
    text: 'return [origin, { received, confirmed, backedUp: root?.backedUp ?? 0 }];',
    instead:
      'return [origin, { received, confirmed: confirmed.seq < 0 ? confirmed : received, backedUp: root?.backedUp ?? 0 }];',
  },
  {
    name: 'a hub hands nothing on a second time when the root was lost',
    rule: 'R6',
    file: RELAY,
    text: "if (life === 'new') this.#forgetConfirmed(reply.rootEpoch);",
    instead: "if (life === 'new') this.who = { ...this.who, rootEpoch: reply.rootEpoch };",
  },
  {
    name: 'a hub lets a chart go with work in it that the root does not have',
    rule: 'R10',
    file: RELAY,
    text: 'if (!hasWork && hasDeparted(',
    instead: 'if (hasDeparted(',
    caughtBy: { ...RELAYING, because: 'a patient seldom leaves just when work in his chart is handed in' },
  },
  {
    name: 'a hub keeps what stands in no scope of its own',
    rule: 'R9',
    file: RELAY,
    text: 'if (complete) this.#letGo();',
    instead: '',
  },
  {
    name: 'a hub that attaches hands on nothing of what it decided alone',
    rule: 'R6',
    file: RELAY,
    text: 'this.#forgetConfirmed(this.who.rootEpoch);',
    instead: '',
    caughtBy: {
      ...RELAYING,
      because: 'the life of its root is greater, and makes it forget as well when it hears of it',
    },
  },
  {
    name: "a witness's rows overwrite what is newer",
    rule: 'R3',
    file: 'lib/replication/witness.ts',
    text: 'await acceptRows(store, world, () => true, mine);',
    instead: 'await acceptRows({ ...store, readRecords: async () => [] }, world, () => true, mine);',
  },
  {
    name: 'a recovery hears no witness for rows that it has an older version of',
    rule: 'R3',
    file: 'lib/replication/witness.ts',
    text: 'return row === undefined || String(recordHash(row)) !== hashOf.get(refKey(ref));',
    instead: 'return row === undefined && hashOf.size > 0;',
  },
  {
    name: 'a first sync leaves out its last stage',
    rule: 'R13',
    file: 'db/postgres/read-snapshot.ts',
    text: "return stage === undefined ? null : { ...at, stage, after: '', patientBytes: FIRST_BYTES };",
    instead:
      "return stage === undefined || stage === STAGES.at(-1) ? null : { ...at, stage, after: '', patientBytes: FIRST_BYTES };",
    caughtBy: {
      project: 'postgres',
      file: 'tests/postgres/snapshot.test.ts',
      because: 'the first sync is read from PostgreSQL, and the simulator has none',
    },
  },
];
