import type { Labels } from '../en/en.ts';

export const ar: Labels = {};
