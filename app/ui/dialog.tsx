'use client';
import * as RadixDialog from 'radix-ui/dialog';
import type { ReactNode } from 'react';
import { IconButton } from './icon-button.tsx';

export type DialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  /** What the closing cross is called. */
  closeText: string;
  /** The buttons, main one first; they wrap on a narrow phone. */
  actions?: ReactNode;
  children?: ReactNode;
};

/** A question in the middle of the screen. Focus stays inside, Escape closes. */
export function Dialog(props: DialogProps) {
  return (
    <Frame
      {...props}
      place="inset-0 m-auto h-fit max-h-[calc(100dvh-32px)] w-[min(560px,calc(100vw-32px))] rounded-3 enter-fade"
    />
  );
}

/** The frame that Dialog and Sheet have in common; `place` says where it stands. */
export function Frame({
  open,
  onOpenChange,
  title,
  description,
  closeText,
  actions,
  children,
  place,
}: DialogProps & { place: string }) {
  return (
    <RadixDialog.Root open={open} onOpenChange={onOpenChange}>
      <RadixDialog.Portal>
        <RadixDialog.Overlay className="enter-fade fixed inset-0 z-40 bg-scrim" />
        <RadixDialog.Content
          className={`fixed z-50 flex flex-col overflow-hidden bg-surface-2 shadow-2 ${place}`}
          {...(description ? {} : { 'aria-describedby': undefined })}
        >
          <div className="flex items-start gap-2 ps-6 pe-2 pt-2">
            <RadixDialog.Title className="grow pt-2.5 text-lg">{title}</RadixDialog.Title>
            <RadixDialog.Close asChild>
              <IconButton icon="close" label={closeText} />
            </RadixDialog.Close>
          </div>
          <div className="flex flex-col gap-4 overflow-y-auto px-6 pt-2 pb-6">
            {description && <RadixDialog.Description className="text-text-2">{description}</RadixDialog.Description>}
            {children}
          </div>
          {actions && (
            <div className="flex flex-row-reverse flex-wrap gap-3 border-t border-border px-6 pt-4 pb-[max(16px,env(safe-area-inset-bottom,0px))]">
              {actions}
            </div>
          )}
        </RadixDialog.Content>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  );
}
