import type { PatientCard } from '../domain/patient/patient-card.ts';
import type { DuplicateCandidate, LikelyDuplicate } from './duplicates.ts';

/** How far the index has got: `ready` when it holds every chart of this phone. */
export interface IndexStatus {
  readonly ready: boolean;
  readonly patients: number;
}

/** The search worker as screens see it (over Comlink). `Key` is the browser's CryptoKey. */
export interface IndexWorker<Key> {
  open(key: Key): Promise<void>;
  close(): Promise<void>;
  /** Brings the index up to date with charts that changed. */
  catchUp(): Promise<void>;
  /** Best matches first. An empty query lists the patients seen or changed last. */
  search(query: string, limit: number): Promise<PatientCard[]>;
  card(patientId: string): Promise<PatientCard | null>;
  /** The patients about whom people still have to decide something: few, where a clinic has tens of thousands. */
  toDecide(): Promise<PatientCard[]>;
  duplicates(candidate: DuplicateCandidate): Promise<{ card: PatientCard; match: LikelyDuplicate }[]>;
  watch(listener: (status: IndexStatus) => void): Promise<void>;
  /** Answers as long as this worker runs. */
  ping(): Promise<void>;
}
