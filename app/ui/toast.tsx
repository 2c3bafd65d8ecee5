'use client';
import * as RadixToast from 'radix-ui/toast';
import { createContext, type ReactNode, useCallback, useContext, useRef, useState } from 'react';
import { Icon } from './drawn-icon.tsx';
import { IconButton } from './icon-button.tsx';
import { type Tone, toneIcon, toneText } from './tone.ts';

export type ToastMessage = {
  title: string;
  detail?: string;
  tone?: Tone;
  /** One thing that can still be done, such as undo. */
  action?: { label: string; onSelect: () => void };
};

const ToastContext = createContext<((message: ToastMessage) => void) | null>(null);

/** Shows short confirmations; one at a time, the newest replaces. What must be acted on belongs in a Banner. */
export function ToastProvider({
  closeText,
  regionText,
  children,
}: {
  closeText: string;
  regionText: string;
  children: ReactNode;
}) {
  const [shown, setShown] = useState<(ToastMessage & { number: number }) | null>(null);
  const count = useRef(0);
  const show = useCallback((message: ToastMessage) => {
    count.current += 1;
    setShown({ ...message, number: count.current });
  }, []);
  return (
    <ToastContext value={show}>
      <RadixToast.Provider duration={6000} swipeDirection="up" label={regionText}>
        {children}
        {shown && <ToastCard key={shown.number} message={shown} closeText={closeText} onClose={() => setShown(null)} />}
        <RadixToast.Viewport
          label={regionText}
          className="fixed inset-x-0 top-16 z-50 mx-auto flex w-[min(480px,calc(100vw-32px))] flex-col"
        />
      </RadixToast.Provider>
    </ToastContext>
  );
}

/** `const toast = useToast(); toast({ title, tone })`. Throws outside a ToastProvider. */
export function useToast(): (message: ToastMessage) => void {
  const show = useContext(ToastContext);
  if (!show) throw new Error('useToast needs a ToastProvider above it');
  return show;
}

function ToastCard({ message, closeText, onClose }: { message: ToastMessage; closeText: string; onClose: () => void }) {
  const tone = message.tone ?? 'success';
  return (
    <RadixToast.Root
      onOpenChange={(open) => !open && onClose()}
      className="enter-rise flex items-center gap-3 rounded-2 border border-border bg-surface-2 py-1 ps-4 pe-1 shadow-2"
    >
      <Icon name={toneIcon[tone]} className={toneText[tone]} />
      <div className="grow py-2">
        <RadixToast.Title className="font-semibold">{message.title}</RadixToast.Title>
        {message.detail && (
          <RadixToast.Description className="text-sm text-text-2">{message.detail}</RadixToast.Description>
        )}
      </div>
      {message.action && (
        <RadixToast.Action
          altText={message.action.label}
          onClick={message.action.onSelect}
          className="min-h-12 rounded-2 px-3 font-semibold text-accent hover:bg-accent-soft"
        >
          {message.action.label}
        </RadixToast.Action>
      )}
      <RadixToast.Close asChild>
        <IconButton icon="close" label={closeText} />
      </RadixToast.Close>
    </RadixToast.Root>
  );
}
