import { type Endpoint, type Remote, wrap } from 'comlink';

/** No task of ours keeps a slow phone's worker from answering for so long; one that has ended never answers. */
const ANSWER_MS = 15_000;

type Ending = Endpoint & { terminate(): void };

interface Work<T> {
  readonly start: () => Ending;
  /** Answers at once. */
  readonly ping: (remote: Remote<T>) => Promise<void>;
  /** Brings a worker that was just started to where the page is: watched, locked or unlocked. */
  readonly prepare: (remote: Remote<T>) => Promise<void>;
}

interface Running<T> {
  readonly worker: Ending;
  readonly remote: Remote<T>;
  /** Resolves when another worker has taken its place. */
  readonly replaced: Promise<null>;
  readonly replace: () => void;
}

/**
 * A worker that is started again when it no longer answers: the system ends workers by themselves when memory is short,
 * and tells nobody. What was asked of the one that ended is asked of the next, so nothing waits for ever.
 */
export class KeptWorker<T> {
  readonly #work: Work<T>;
  #running: Running<T>;
  #checking: Promise<void> | null = null;

  constructor(work: Work<T>) {
    this.#work = work;
    this.#running = begin(work);
  }

  /** Asks until a worker answers: a question may be put twice, so it must change nothing, or the same again. */
  async ask<R>(question: (remote: Remote<T>) => Promise<R>): Promise<R> {
    for (;;) {
      const { remote, replaced } = this.#running;
      this.check().catch((fault) => reportError(fault));
      const answer = await Promise.race([question(remote).then((value) => ({ value })), replaced]);
      if (answer !== null) return answer.value;
    }
  }

  /** Starts another worker if this one does not answer. */
  check(): Promise<void> {
    this.#checking ??= this.#check().finally(() => {
      this.#checking = null;
    });
    return this.#checking;
  }

  async #check(): Promise<void> {
    const { ping, prepare } = this.#work;
    const { worker, remote, replace } = this.#running;
    if (await answersInTime(ping(remote))) return;
    worker.terminate();
    this.#running = begin(this.#work);
    await prepare(this.#running.remote).finally(replace);
  }
}

function begin<T>({ start }: Work<T>): Running<T> {
  const worker = start();
  let replace: () => void = () => undefined;
  const replaced = new Promise<null>((resolve) => {
    replace = () => resolve(null);
  });
  return { worker, remote: wrap<T>(worker), replaced, replace };
}

function answersInTime(answer: Promise<unknown>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ANSWER_MS);
  });
  return Promise.race([answer.then(() => true), late]).finally(() => clearTimeout(timer));
}
