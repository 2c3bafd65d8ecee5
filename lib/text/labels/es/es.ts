import type { Labels } from '../en/en.ts';

export const es: Labels = {};
