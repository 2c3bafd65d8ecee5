'use client';
import { type ComponentType, createContext, type MouseEventHandler, type ReactNode, useContext } from 'react';

export type LinkProps = {
  href: string;
  className?: string;
  children?: ReactNode;
  'aria-current'?: 'page' | undefined;
  'aria-label'?: string | undefined;
  onClick?: MouseEventHandler<HTMLAnchorElement>;
};

function PlainLink(props: LinkProps) {
  return <a {...props} />;
}

const LinkContext = createContext<ComponentType<LinkProps>>(PlainLink);

/** Tells the design system how this app goes to another screen (the phone's router, the portal's); without it a link is a plain `<a>`. */
export function LinkProvider({ link, children }: { link: ComponentType<LinkProps>; children: ReactNode }) {
  return <LinkContext value={link}>{children}</LinkContext>;
}

export function Link(props: LinkProps) {
  const Component = useContext(LinkContext);
  return <Component {...props} />;
}
