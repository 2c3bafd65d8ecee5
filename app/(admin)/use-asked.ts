'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ask } from './ask.ts';

/** What the server says at an address, kept and refreshed. */
export function useAsked<T>(path: string, options: { refreshMs?: number; enabled?: boolean } = {}) {
  return useQuery({
    queryKey: [path],
    queryFn: () => ask<T>('GET', path),
    ...(options.refreshMs === undefined ? {} : { refetchInterval: options.refreshMs }),
    ...(options.enabled === undefined ? {} : { enabled: options.enabled }),
  });
}

interface Sent {
  readonly method?: 'POST' | 'PATCH' | 'PUT';
  readonly path: string;
  readonly body?: unknown;
}

/** Sends a change; afterwards everything the portal shows is asked for again. */
export function useSend<T = { id: string }>() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ method = 'POST', path, body }: Sent) => ask<T>(method, path, body),
    onSuccess: () => client.invalidateQueries(),
  });
}
