'use client';
import { Button } from '../../../../../ui/button.tsx';
import { useText } from '../../../../../ui/text-provider.tsx';

export function HistoryButton({ onOpen }: { onOpen: () => void }) {
  const { t } = useText();
  return (
    <Button look="quiet" icon="history" onClick={onOpen} className="print:hidden">
      {t('portal.history')}
    </Button>
  );
}
