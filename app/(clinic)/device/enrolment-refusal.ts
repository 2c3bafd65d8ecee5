import type { LabelKey } from '../../../lib/text/labels/en/en.ts';

export interface RefusalKeys {
  readonly title: LabelKey;
  readonly remedy: LabelKey;
}

const UNREACHABLE: RefusalKeys = { title: 'join.unreachable', remedy: 'join.unreachableHelp' };
const OFFLINE: RefusalKeys = { title: 'app.offline', remedy: 'join.offlineHelp' };

/** Why a code was not taken, and what to do about it. A used, unknown or expired code are told alike. */
export function codeRefusal(code: string): RefusalKeys {
  if (code === 'offline') return OFFLINE;
  if (code === 'server-unreachable') return UNREACHABLE;
  if (code === 'gone' || code === 'not-found' || code === 'invalid' || code === 'malformed')
    return { title: 'join.codeWrong', remedy: 'join.codeWrongHelp' };
  return general(code);
}

/** Why a sign-in was not taken. Unknown users and wrong passwords are told alike, as the server does. */
export function signInRefusal(code: string): RefusalKeys {
  if (code === 'offline') return OFFLINE;
  if (code === 'server-unreachable') return UNREACHABLE;
  if (code === 'unauthenticated' || code === 'invalid')
    return { title: 'join.signInWrong', remedy: 'join.signInWrongHelp' };
  if (code === 'session-expired' || code === 'gone')
    return { title: 'session.revoked', remedy: 'join.phoneRevokedHelp' };
  if (code === 'forbidden' || code === 'not-in-your-clinic')
    return { title: 'error.not-in-your-clinic', remedy: 'error.not-in-your-clinic.remedy' };
  return general(code);
}

function general(code: string): RefusalKeys {
  if (code === 'rate-limited') return { title: 'error.rate-limited', remedy: 'error.rate-limited.remedy' };
  if (code === 'main-server-only') return { title: 'error.main-server-only', remedy: 'error.main-server-only.remedy' };
  if (code === 'busy') return { title: 'error.busy', remedy: 'join.busyHelp' };
  if (code === 'unsupported-version')
    return { title: 'error.unsupported-version', remedy: 'error.unsupported-version.remedy' };
  return { title: 'error.server', remedy: 'join.busyHelp' };
}

/** A code as it was typed, pasted or scanned: alone, or inside the link of the QR code. Null for anything else. */
export function readEnrolmentCode(text: string): string | null {
  const trimmed = text.trim();
  const linked = /\/join\/([^/?#\s]+)/.exec(trimmed)?.[1];
  const bare = (linked ?? trimmed).replace(/[\s-]/g, '').toUpperCase();
  return /^[0-9A-Z]{8}$/.test(bare) ? bare : null;
}
