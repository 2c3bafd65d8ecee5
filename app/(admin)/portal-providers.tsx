'use client';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import NextLink from 'next/link';
import { type ReactNode, useState } from 'react';
import { type LinkProps, LinkProvider } from '../ui/link.tsx';
import { TextProvider, useText } from '../ui/text-provider.tsx';
import { ToastProvider } from '../ui/toast.tsx';
import { ApiFault } from './ask.ts';

/** What every page of the portal stands in: words, links, messages, and the cache of what the server said. */
export function PortalProviders({ children }: { children: ReactNode }) {
  const [client] = useState(makeClient);
  return (
    <QueryClientProvider client={client}>
      <TextProvider>
        <Frame>{children}</Frame>
      </TextProvider>
    </QueryClientProvider>
  );
}

function Frame({ children }: { children: ReactNode }) {
  const { t } = useText();
  return (
    <LinkProvider link={PageLink}>
      <ToastProvider closeText={t('action.close')} regionText={t('app.notifications')}>
        {children}
      </ToastProvider>
    </LinkProvider>
  );
}

function PageLink({ href, children, ...rest }: LinkProps) {
  // Fetching pages that nobody asked for costs a session check each.
  return (
    <NextLink href={href} prefetch={false} {...rest}>
      {children}
    </NextLink>
  );
}

function makeClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: leaveWhenSignedOut }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        // What the server refused it refuses again; only silence is worth another try.
        retry: (count, fault) => count < 2 && !(fault instanceof ApiFault && fault.problem.status < 500),
      },
    },
  });
}

function leaveWhenSignedOut(fault: Error): void {
  if (fault instanceof ApiFault && fault.problem.status === 401) location.assign('/admin/sign-in');
}
