import { useLiveQuery } from 'dexie-react-hooks';
import type { ReactNode } from 'react';
import { readOrigin } from '../../../db/device/replica-state.ts';
import { database } from '../../device/phone.ts';
import { Card } from '../../ui/card.tsx';
import { useText } from '../../ui/text-provider.tsx';
import { Facts } from '../event/facts.tsx';
import type { Side } from './conflict-view.ts';
import type { Words } from './key-words.ts';
import { WhoWhen } from './who-when.tsx';

/** One of two sides: what it says, who wrote it, when and where, and what can be done with it. */
export function SideCard({
  title,
  side,
  words,
  children,
}: {
  title: string;
  /** Null where nobody is named: what stood before. */
  side: Side | null;
  words: readonly Words[];
  children: ReactNode;
}) {
  return (
    <Card title={title}>
      <div className="flex h-full flex-col gap-4">
        <WordList words={words} />
        {side && <WhoAndWhen side={side} />}
        {children}
      </div>
    </Card>
  );
}

function WordList({ words }: { words: readonly Words[] }) {
  const { t } = useText();
  if (words.length === 0) return <p className="text-text-2">{t('attention.noValue')}</p>;
  return <Facts facts={words.map(({ key, label, text }) => ({ key, label, value: text ?? t('attention.noValue') }))} />;
}

function WhoAndWhen({ side }: { side: Side }) {
  const { t } = useText();
  const own = useLiveQuery(async () => (await readOrigin(database)).replicaId, []);
  return (
    <p className="text-sm text-text-2">
      <WhoWhen authors={[side.author]} at={side.at} />
      {own !== undefined && (
        <span className="block">{t(side.origin === own ? 'attention.onThisPhone' : 'attention.onOtherDevice')}</span>
      )}
    </p>
  );
}
