import type { Pusher } from './pusher.ts';
import { drawnWork, somePatients } from './pushing-clinic.ts';
import type { Random } from './random.ts';

/**
 * Phones make work and push it as fast as they are answered while `faults` goes on, and until all of it is settled.
 * `faults` may wait until so many actions more were. `hindered` is what a phone does about an exchange that failed.
 */
export async function workUnderFaults(
  random: Random,
  phones: readonly Pusher[],
  faults: (untilSettled: (more: number) => Promise<void>) => Promise<void>,
  hindered: (fault: unknown) => unknown,
): Promise<void> {
  const everybodys = await somePatients(phones, 3);
  const story = { over: false };
  const settled = () => phones.reduce((sum, phone) => sum + phone.outcomes.size, 0);
  const untilSettled = async (more: number) => {
    const enough = settled() + more;
    while (settled() < enough) await Promise.race(phones.map((phone) => phone.next()));
  };
  const work = async (phone: Pusher) => {
    while (!story.over) {
      if (phone.waiting() < 20)
        for (let count = random.below(4); count >= 0; count--) phone.make(drawnWork(random, phone, everybodys));
      await phone.exchange().catch(hindered);
    }
    while (phone.waiting() > 0) await phone.exchange().catch(hindered);
  };
  const end = () => {
    story.over = true;
  };
  await Promise.all([faults(untilSettled).finally(end), ...phones.map(work)]);
}
