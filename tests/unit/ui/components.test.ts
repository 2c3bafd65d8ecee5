import { createElement, type FunctionComponent } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { Badge } from '../../../app/ui/badge.tsx';
import { Banner } from '../../../app/ui/banner.tsx';
import { Button } from '../../../app/ui/button.tsx';
import { Choice } from '../../../app/ui/choice.tsx';
import { toggled } from '../../../app/ui/choices.tsx';
import { CodeText } from '../../../app/ui/code-text.tsx';
import { IconButton } from '../../../app/ui/icon-button.tsx';
import { LinkProvider } from '../../../app/ui/link.tsx';
import { ListRow } from '../../../app/ui/list-row.tsx';
import { BottomBar } from '../../../app/ui/navigation.tsx';
import { NumberInput } from '../../../app/ui/number-input.tsx';
import { PinPad } from '../../../app/ui/pin-pad.tsx';
import { Progress } from '../../../app/ui/progress.tsx';
import { TextInput } from '../../../app/ui/text-input.tsx';

function html<Props extends object>(component: FunctionComponent<Props>, props: Props): string {
  return renderToStaticMarkup(createElement(component, props));
}
const nothing = () => undefined;

describe('a field', () => {
  const field = html(TextInput, {
    id: 'n',
    label: 'Name',
    hint: 'As on the card',
    error: 'Needed',
    requiredText: 'required',
    value: '',
    onChange: nothing,
  });

  it('reads its label, hint and error together with the control', () => {
    expect(field).toContain('<label for="n"');
    expect(field).toMatch(
      /<input[^>]*id="n"[^>]*aria-describedby="n-hint n-error"[^>]*aria-invalid="true"[^>]*aria-required="true"/,
    );
    expect(field).toContain('<p id="n-hint"');
    expect(field).toMatch(/<div aria-live="polite"><p id="n-error"[^>]*>.*Needed/);
  });

  it('claims nothing that is not there', () => {
    const plain = html(TextInput, { id: 'n', label: 'Name', value: '', onChange: nothing });
    expect(plain).not.toMatch(/aria-describedby=|aria-invalid=|aria-required=|n-error/);
  });
});

describe('a group of choices', () => {
  const options = [
    { value: 'a', label: 'A' },
    { value: 'b', label: 'B' },
    { value: 'none', label: 'None', exclusive: true },
  ] as const;

  it('is a named group whose error is read with it', () => {
    const group = html(Choice, { id: 'g', label: 'Sex', error: 'Choose one', options, value: 'b', onChange: nothing });
    expect(group).toMatch(/<fieldset id="g"[^>]*aria-describedby="g-error"/);
    expect(group).toMatch(/<legend[^>]*>Sex<\/legend>/);
    expect(group.match(/role="radio"/g)).toHaveLength(3);
    expect(group.match(/aria-checked="true"[^>]*value="b"/g)).toHaveLength(1);
  });

  it('“none” and the others exclude one another, and the order of the options is kept', () => {
    expect(toggled(options, ['b'], options[0], true)).toEqual(['a', 'b']);
    expect(toggled(options, ['a', 'b'], options[2], true)).toEqual(['none']);
    expect(toggled(options, ['none'], options[0], true)).toEqual(['a']);
    expect(toggled(options, ['a', 'b'], options[0], false)).toEqual(['b']);
  });
});

describe('a number', () => {
  it('shows its value, its unit picker by name, and asks for the decimal keyboard', () => {
    const units = [
      { value: 'kg', label: 'kg' },
      { value: 'lb', label: 'lb' },
    ];
    const number = html(NumberInput, {
      label: 'Weight',
      value: 3.5,
      onChange: nothing,
      notNumberText: 'x',
      units,
      unit: 'lb',
      unitText: 'Unit',
    });
    expect(number).toMatch(/<input[^>]*inputMode="decimal"[^>]*value="3.5"/i);
    expect(number).toMatch(/<select aria-label="Unit"/);
    expect(number).toMatch(/<option value="lb" selected/);
  });
});

describe('buttons', () => {
  it('a busy one cannot be tapped again and says so', () => {
    const busy = html(Button, { busy: true, busyText: 'Saving…', children: 'Save' });
    expect(busy).toMatch(/disabled=""[^>]*aria-busy="true"/);
    expect(busy).toContain('Saving…');
  });

  it('do not send the form they stand in unless told', () => {
    expect(html(Button, { children: 'Save' })).toContain('type="button"');
    expect(html(Button, { children: 'Save', type: 'submit' })).toContain('type="submit"');
  });

  it('the main one is 56 px, every other 48 px', () => {
    expect(html(Button, { look: 'primary', children: 'Save' })).toContain('min-h-14');
    expect(html(Button, { children: 'Cancel' })).toContain('min-h-12');
    const cross = html(IconButton, { icon: 'close', label: 'Close' });
    expect(cross).toContain('size-12');
    expect(cross).toContain('aria-label="Close"');
  });
});

describe('states', () => {
  it('are said in words and a picture, never in colour alone', () => {
    const banner = html(Banner, { tone: 'danger', title: 'No space', children: 'Free some' });
    expect(banner).toMatch(/role="alert"/);
    expect(banner).toMatch(/<svg aria-hidden="true"/);
    expect(html(Badge, { tone: 'warning', icon: 'phone', children: 'On this phone' })).toMatch(/<svg.*On this phone/);
  });

  it('progress has its numbers', () => {
    const progress = html(Progress, { label: 'Patients', numbers: '120 of 480', done: 120, total: 480 });
    expect(progress).toMatch(/role="progressbar"/);
    expect(progress).toMatch(/aria-valuenow="120"/);
    expect(progress).toContain('120 of 480');
    expect(html(Progress, { label: 'Search', done: 0, total: null })).not.toContain('aria-valuenow');
  });

  it('a code reads left to right in every language', () => {
    expect(html(CodeText, { children: '113 574 748 8' })).toContain('<bdi dir="ltr"');
  });
});

describe('going somewhere', () => {
  it('uses the link that the app gave', () => {
    const link = ({ href, children }: { href: string; children?: unknown }) =>
      createElement('a', { href: `/app${href}` }, children as never);
    const row = createElement(ListRow, { title: 'Amina', href: '/p/1' });
    expect(renderToStaticMarkup(LinkProvider({ link, children: row }))).toContain('href="/app/p/1"');
  });

  it('marks the place where one is, and reads a badge as words', () => {
    const items = [
      { href: '/c', label: 'Patients', icon: 'patients' as const, current: true },
      {
        href: '/c/sync',
        label: 'Sync',
        icon: 'sync' as const,
        current: false,
        badge: { text: '3', label: '3 records to send' },
      },
    ];
    const bar = html(BottomBar, { label: 'Main', items });
    expect(bar).toMatch(/<nav aria-label="Main"/);
    expect(bar.match(/aria-current="page"/g)).toHaveLength(1);
    expect(bar).toMatch(/<span class="sr-only">3 records to send<\/span>/);
  });
});

it('the PIN pad never writes the digits, only how many', () => {
  const pad = html(PinPad, {
    value: '7391',
    length: 6,
    onChange: nothing,
    label: 'PIN',
    enteredText: '4 of 6',
    deleteText: 'Delete',
  });
  expect(pad).not.toContain('7391');
  expect(pad).toContain('4 of 6');
  expect(pad.match(/<button/g)).toHaveLength(11);
});
