import { useEffect, useState } from 'react';
import { formatBytes } from '../../../lib/text/format.ts';
import { askToKeepRecords, readStorage, type StorageState } from '../../device/storage.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { useText } from '../../ui/text-provider.tsx';

/** How much the records take, and whether the browser promised to keep them. */
export function StorageCard() {
  const { t, language } = useText();
  const [state, setState] = useState<StorageState | null>(null);
  const [refused, setRefused] = useState(false);
  useEffect(() => {
    readStorage().then(setState, reportError);
  }, []);
  if (state === null) return null;
  const ask = async () => {
    setRefused(!(await askToKeepRecords()));
    setState(await readStorage());
  };
  return (
    <Card title={t('storage.title')}>
      <div className="flex flex-col gap-3">
        {state.usedBytes !== null && <p>{t('storage.used', { used: formatBytes(language, state.usedBytes) })}</p>}
        {state.kept === true ? (
          <Banner tone="success" title={t('storage.persistent')}>
            {t('storage.persistentHelp')}
          </Banner>
        ) : (
          <>
            <Banner tone="warning" title={t(refused ? 'storage.askRefused' : 'storage.notPersistent')}>
              {t('storage.notPersistentHelp')}
            </Banner>
            <Button wide onClick={() => void ask()}>
              {t('storage.ask')}
            </Button>
          </>
        )}
      </div>
    </Card>
  );
}
