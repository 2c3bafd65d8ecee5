'use client';
import { encode } from 'uqr';
import type { CodeLine } from '../../../../../../db/postgres/list-enrolment-codes.ts';
import { formatInstant } from '../../../../../../lib/text/format.ts';
import { Banner } from '../../../../../ui/banner.tsx';
import { Button } from '../../../../../ui/button.tsx';
import { CodeText } from '../../../../../ui/code-text.tsx';
import { useText } from '../../../../../ui/text-provider.tsx';
import { useAsked } from '../../../../use-asked.ts';

export interface Issued {
  readonly id: string;
  readonly code: string;
  readonly expiresAt: string;
  readonly link: string;
  readonly clinicId: string;
}

/** The QR code, the same as letters and as a link, and whether a phone has used it. Prints as one sheet. */
export function EnrolmentCard({ issued, clinic, onAgain }: { issued: Issued; clinic: string; onAgain: () => void }) {
  const { t, language } = useText();
  const asked = useAsked<{ code: CodeLine }>(`/api/enrolment-codes/${issued.id}`, { refreshMs: 3_000 });
  const used = asked.data?.code.usedAt != null;
  return (
    <section className="flex flex-col items-center gap-4 rounded-3 border border-border bg-surface-2 p-6 text-center">
      <h2 className="text-lg">{t('enrol.title')}</h2>
      <p className="text-text-2">{t('enrol.help', { clinic })}</p>
      <QrCode text={issued.link} label={t('enrol.qrAlt')} />
      <div>
        <p className="text-text-2">{t('enrol.code')}</p>
        <p className="text-2xl font-semibold" data-testid="enrolment-code">
          <CodeText>{`${issued.code.slice(0, 4)} ${issued.code.slice(4)}`}</CodeText>
        </p>
      </div>
      <div className="max-w-full">
        <p className="text-text-2">{t('enrol.link')}</p>
        <a href={issued.link} dir="ltr" className="inline-flex min-h-12 items-center break-all text-accent underline">
          {issued.link}
        </a>
      </div>
      <p>{t('enrol.expires', { when: formatInstant(language, issued.expiresAt) })}</p>
      <div role="status" className="w-full text-start print:hidden">
        {used ? (
          <Banner tone="success" title={t('enrol.used')}>
            <bdi>{asked.data?.code.deviceName}</bdi>
          </Banner>
        ) : (
          <Banner tone="info" title={t('portal.waitingForPhone')} />
        )}
      </div>
      <div className="flex flex-wrap justify-center gap-3 print:hidden">
        <Button icon="print" onClick={() => print()}>
          {t('action.print')}
        </Button>
        <Button icon="qr" onClick={onAgain}>
          {t('enrol.again')}
        </Button>
      </div>
    </section>
  );
}

const MARGIN = 4;

/** Always dark on white with a quiet zone: cameras do not know dark mode. */
function QrCode({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { ecc: 'M', border: 0 });
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  const view = `${-MARGIN} ${-MARGIN} ${size + 2 * MARGIN} ${size + 2 * MARGIN}`;
  return (
    <svg role="img" aria-label={label} viewBox={view} className="w-full max-w-72" shapeRendering="crispEdges">
      <rect x={-MARGIN} y={-MARGIN} width={size + 2 * MARGIN} height={size + 2 * MARGIN} fill="white" />
      <path d={path} fill="black" />
    </svg>
  );
}
