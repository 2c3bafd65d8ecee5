import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('../../../app/ui/tokens.css', import.meta.url), 'utf8');
const themes = ['light', 'dark', 'contrast', 'contrast-dark'] as const;

/** Text on ground: everything the components put on one another. */
const pairs: readonly (readonly [string, string])[] = [
  ...['surface', 'surface-2', 'surface-3', 'accent-soft'].flatMap((ground) => [
    ['text', ground] as const,
    ['text-2', ground] as const,
    ['accent', ground] as const,
  ]),
  ...['surface', 'surface-2', 'surface-3'].flatMap((ground) =>
    ['danger', 'warning', 'success', 'info'].map((text) => [text, ground] as const),
  ),
  ...['danger', 'warning', 'success', 'info'].flatMap((tone) => [
    [tone, `${tone}-soft`] as const,
    ['text', `${tone}-soft`] as const,
  ]),
  ['on-accent', 'accent'],
  ['on-accent', 'accent-hover'],
  ['on-danger', 'danger'],
];

describe.each(themes)('theme %s', (theme) => {
  const colours = coloursOf(block(`/* theme: ${theme} */`));

  it.each(pairs)('%s on %s has a contrast of 4.5:1', (text, ground) => {
    expect(contrast(colours, text, ground)).toBeGreaterThanOrEqual(theme.startsWith('contrast') ? 7 : 4.5);
  });

  it.each(['surface', 'surface-2'])('edges of controls and the focus ring stand out from %s by 3:1', (ground) => {
    expect(contrast(colours, 'border-strong', ground)).toBeGreaterThanOrEqual(3);
    expect(contrast(colours, 'focus', ground)).toBeGreaterThanOrEqual(3);
  });
});

it('what the device prefers gives the same colours as choosing the theme', () => {
  for (const theme of themes.slice(1)) {
    expect(coloursOf(block(`/* theme: ${theme}, as the device prefers */`))).toEqual(
      coloursOf(block(`/* theme: ${theme} */`)),
    );
  }
});

it('every theme has the same roles', () => {
  const roles = themes.map((theme) => [...coloursOf(block(`/* theme: ${theme} */`)).keys()].sort());
  for (const each of roles) expect(each).toEqual(roles[0]);
});

type Rgb = readonly [number, number, number];

function block(comment: string): string {
  const from = css.indexOf(comment);
  expect(from, comment).toBeGreaterThan(-1);
  return css.slice(from, css.indexOf('}', from));
}

function coloursOf(text: string): Map<string, Rgb> {
  const found = new Map<string, Rgb>();
  for (const [, name = '', l, c, h] of text.matchAll(/--([\w-]+): oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\);/g)) {
    found.set(name, linearRgb(Number(l) / 100, Number(c), Number(h)));
  }
  return found;
}

/** OKLCH → linear sRGB (Björn Ottosson, “A perceptual color space for image processing”, 2020), clipped as a screen does. */
function linearRgb(l: number, c: number, hue: number): Rgb {
  const [a, b] = [c * Math.cos((hue * Math.PI) / 180), c * Math.sin((hue * Math.PI) / 180)];
  const x = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const y = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const z = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (value: number) => Math.min(1, Math.max(0, value));
  return [
    clip(4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z),
    clip(-1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z),
    clip(-0.0041960863 * x - 0.7034186147 * y + 1.707614701 * z),
  ];
}

/** Contrast of two colours (WCAG 2.2, relative luminance). */
function contrast(colours: Map<string, Rgb>, text: string, ground: string): number {
  const [first, second] = [text, ground].map((name) => {
    const rgb = colours.get(name);
    if (!rgb) throw new Error(`no colour --${name}`);
    return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2] + 0.05;
  }) as [number, number];
  return Math.max(first, second) / Math.min(first, second);
}
