// Next's own declaration lies in next-env.d.ts, which exists only after a build; a fresh checkout has none.
declare module '*.css';
