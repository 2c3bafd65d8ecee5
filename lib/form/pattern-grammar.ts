/**
 * The grammar of patterns: characters, `.`, `[a-z]`, `[^…]`, `\d \w \s \D \W \S`, `\p{L}` `\p{M}` `\p{N}`, groups `( )` `(?: )`,
 * `|`, `* + ? {n} {n,} {n,m}`, and `^` first, `$` last (a pattern is about the whole text anyway).
 */
export type CharacterTest = (character: string) => boolean;
/** A state of the machine: it tests a character, goes two ways at once, or is the end. */
export type State =
  | { readonly kind: 'test'; readonly test: CharacterTest; next: number }
  | { readonly kind: 'fork'; next: number; other: number }
  | { readonly kind: 'end' };
type Node =
  | { readonly kind: 'test'; readonly test: CharacterTest }
  | { readonly kind: 'sequence'; readonly parts: readonly Node[] }
  | { readonly kind: 'either'; readonly parts: readonly Node[] }
  | { readonly kind: 'repeat'; readonly part: Node; readonly least: number; readonly most: number | null };
type Read = { ok: true; states: readonly State[] } | { ok: false; problem: PatternProblem };
export type PatternProblem = 'look-around' | 'back-reference' | 'too-big' | 'syntax';

const LONGEST_PATTERN = 300;
const MOST_STATES = 1000;

class Refused extends Error {
  readonly problem: PatternProblem;
  constructor(problem: PatternProblem) {
    super(problem);
    this.problem = problem;
  }
}

/** The machine of a pattern, or why it is refused. */
export function readPattern(pattern: string): Read {
  try {
    if (pattern.length > LONGEST_PATTERN) throw new Refused('too-big');
    const reader = new Reader(pattern);
    const states: State[] = [];
    build(reader.whole(), states);
    states.push({ kind: 'end' });
    return { ok: true, states };
  } catch (fault) {
    if (fault instanceof Refused) return { ok: false, problem: fault.problem };
    throw fault;
  }
}

class Reader {
  private readonly characters: readonly string[];
  private at = 0;

  constructor(pattern: string) {
    this.characters = [
      ...pattern
        .normalize('NFC')
        .replace(/^\^/, '')
        .replace(/(?<!\\)((?:\\\\)*)\$$/, '$1'),
    ];
  }

  whole(): Node {
    const node = this.either();
    if (this.at < this.characters.length) throw new Refused('syntax');
    return node;
  }

  private either(): Node {
    const parts = [this.sequence()];
    while (this.take('|')) parts.push(this.sequence());
    return { kind: 'either', parts };
  }

  private sequence(): Node {
    const parts: Node[] = [];
    while (this.at < this.characters.length && this.peek() !== '|' && this.peek() !== ')') parts.push(this.repeated());
    return { kind: 'sequence', parts };
  }

  private repeated(): Node {
    const part = this.atom();
    if (this.take('*')) return { kind: 'repeat', part, least: 0, most: null };
    if (this.take('+')) return { kind: 'repeat', part, least: 1, most: null };
    if (this.take('?')) return { kind: 'repeat', part, least: 0, most: 1 };
    return this.peek() === '{' ? this.counted(part) : part;
  }

  private counted(part: Node): Node {
    const match = /^\{(\d{1,3})(,(\d{1,3})?)?\}/.exec(this.characters.slice(this.at, this.at + 9).join(''));
    if (!match) throw new Refused('syntax');
    this.at += match[0].length;
    const least = Number(match[1]);
    const most = match[2] === undefined ? least : match[3] === undefined ? null : Number(match[3]);
    if (most !== null && most < least) throw new Refused('syntax');
    return { kind: 'repeat', part, least, most };
  }

  private atom(): Node {
    const character = this.next();
    if (character === '(') return this.group();
    if (character === '[') return { kind: 'test', test: this.characterClass() };
    if (character === '.') return { kind: 'test', test: () => true };
    if (character === '\\') return { kind: 'test', test: this.escape() };
    if ('*+?{}^$)]'.includes(character)) throw new Refused('syntax');
    return { kind: 'test', test: (given) => given === character };
  }

  private group(): Node {
    if (this.take('?')) {
      if (this.peek() === '=' || this.peek() === '!' || this.peek() === '<') throw new Refused('look-around');
      if (!this.take(':')) throw new Refused('syntax');
    }
    const node = this.either();
    if (!this.take(')')) throw new Refused('syntax');
    return node;
  }

  private characterClass(): CharacterTest {
    const negated = this.take('^');
    const tests: CharacterTest[] = [];
    while (!this.take(']')) tests.push(this.classMember());
    if (tests.length === 0) throw new Refused('syntax');
    return (given) => tests.some((test) => test(given)) !== negated;
  }

  private classMember(): CharacterTest {
    const from = this.next();
    if (from === '\\') return this.escape();
    if (this.peek() !== '-' || this.characters[this.at + 1] === ']') return (given) => given === from;
    this.at += 1;
    this.take('\\');
    const to = this.next();
    const first = from.codePointAt(0) as number;
    const last = to.codePointAt(0) as number;
    if (last < first) throw new Refused('syntax');
    return (given) => {
      const point = given.codePointAt(0) as number;
      return point >= first && point <= last;
    };
  }

  private escape(): CharacterTest {
    const character = this.next();
    if (character === 'p') return this.property();
    const named = NAMED[character];
    if (named) return named;
    if (/[1-9k]/.test(character)) throw new Refused('back-reference');
    if (/[A-Za-z0]/.test(character)) throw new Refused('syntax');
    return (given) => given === character;
  }

  private property(): CharacterTest {
    const name = this.characters.slice(this.at, this.at + 3).join('');
    const test = PROPERTIES[name];
    if (!test) throw new Refused('syntax');
    this.at += 3;
    return test;
  }

  private peek(): string | undefined {
    return this.characters[this.at];
  }

  private take(character: string): boolean {
    if (this.peek() !== character) return false;
    this.at += 1;
    return true;
  }

  private next(): string {
    const character = this.peek();
    if (character === undefined) throw new Refused('syntax');
    this.at += 1;
    return character;
  }
}

const by = (expression: RegExp): CharacterTest => {
  return (given) => expression.test(given);
};
const NAMED: Readonly<Record<string, CharacterTest>> = {
  d: by(/^[0-9]$/),
  D: by(/^[^0-9]$/u),
  w: by(/^[A-Za-z0-9_]$/),
  W: by(/^[^A-Za-z0-9_]$/u),
  s: by(/^\s$/),
  S: by(/^\S$/u),
};
const PROPERTIES: Readonly<Record<string, CharacterTest>> = {
  '{L}': by(/^\p{L}$/u),
  '{M}': by(/^\p{M}$/u),
  '{N}': by(/^\p{N}$/u),
};

/** Appends the states of a node; control leaves it at the index after its last state. */
function build(node: Node, states: State[]): void {
  if (states.length > MOST_STATES) throw new Refused('too-big');
  if (node.kind === 'test') states.push({ kind: 'test', test: node.test, next: states.length + 1 });
  else if (node.kind === 'sequence') for (const part of node.parts) build(part, states);
  else if (node.kind === 'either') buildEither(node.parts, states);
  else buildRepeat(node, states);
}

function buildEither(parts: readonly Node[], states: State[]): void {
  const [first, ...others] = parts;
  if (!first) return;
  if (others.length === 0) {
    build(first, states);
    return;
  }
  const fork: State = { kind: 'fork', next: states.length + 1, other: 0 };
  states.push(fork);
  build(first, states);
  const leave: State = { kind: 'fork', next: 0, other: 0 };
  states.push(leave);
  fork.other = states.length;
  buildEither(others, states);
  leave.next = states.length;
  leave.other = states.length;
}

function buildRepeat({ part, least, most }: Extract<Node, { kind: 'repeat' }>, states: State[]): void {
  for (let count = 0; count < least; count += 1) {
    const before = states.length;
    build(part, states);
    // A part that is empty adds nothing however often: `((){999}){999}` must not be counted out.
    if (states.length === before) break;
  }
  if (most === null) {
    const loop: State = { kind: 'fork', next: states.length + 1, other: 0 };
    const start = states.push(loop) - 1;
    build(part, states);
    states.push({ kind: 'fork', next: start, other: start });
    loop.other = states.length;
    return;
  }
  const exits: Extract<State, { kind: 'fork' }>[] = [];
  for (let count = least; count < most; count += 1) {
    const skip: State = { kind: 'fork', next: states.length + 1, other: 0 };
    exits.push(skip);
    states.push(skip);
    build(part, states);
  }
  for (const exit of exits) exit.other = states.length;
}
