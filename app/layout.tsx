import type { Metadata, Viewport } from 'next';
import type { ReactNode } from 'react';
import './ui/globals.css';

export const metadata: Metadata = {
  title: 'Hikma Health',
  manifest: '/manifest.webmanifest',
  icons: { icon: '/icons/icon-192.png', apple: '/icons/icon-192.png' },
  appleWebApp: { capable: true, title: 'Hikma Health', statusBarStyle: 'default' },
  // Phone numbers in a record must not become links by the browser's guess.
  formatDetection: { telephone: false, date: false, address: false, email: false },
};

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  viewportFit: 'cover',
  themeColor: '#0b6e6e',
};

/** The language and direction are set on <html> when they are known, hence suppressHydrationWarning. */
export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en" suppressHydrationWarning>
      <body>{children}</body>
    </html>
  );
}
