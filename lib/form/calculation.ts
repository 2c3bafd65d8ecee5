import type { FormDefinition, FormField, FormPage, FormScore, RepeatField, RowField } from './definition.ts';
import { type Expression, referencesIn } from './expression.ts';

/**
 * The order in which a form is worked out: a question after everything its visibility or calculation reads, topological
 * (Kahn). What stands in a circle comes last and in no order; publishing refuses such a form.
 */
export type FormNode =
  | { readonly kind: 'field'; readonly field: FormField; readonly page: FormPage }
  | { readonly kind: 'score'; readonly score: FormScore };

export interface CompiledForm {
  readonly order: readonly FormNode[];
  readonly rowOrder: ReadonlyMap<string, readonly RowField[]>;
  /** Ids of the questions and scores of each circle: one list for the form, one for each repeat that has one. */
  readonly cycles: readonly string[][];
}

const compiled = new WeakMap<FormDefinition, CompiledForm>();

/** Compiles once per definition object: a key press only evaluates. Definitions are never changed in place. */
export function compileForm(definition: FormDefinition): CompiledForm {
  const known = compiled.get(definition);
  if (known) return known;
  const made = compile(definition);
  compiled.set(definition, made);
  return made;
}

function compile(definition: FormDefinition): CompiledForm {
  const nodes = new Map<string, FormNode>();
  for (const page of definition.pages) {
    for (const field of page.fields) nodes.set(fieldKey(field.id), { kind: 'field', field, page });
  }
  for (const score of definition.scores ?? []) nodes.set(scoreKey(score.id), { kind: 'score', score });
  const form = sort(nodes, needsOfNode);
  const cycles = form.circle.length > 0 ? [form.circle] : [];
  const rowOrder = new Map<string, readonly RowField[]>();
  for (const node of nodes.values()) {
    if (node.kind !== 'field' || node.field.type !== 'repeat') continue;
    const rows = sort(new Map(node.field.fields.map((field) => [field.id, field])), (field) => rowNeeds(field));
    rowOrder.set(node.field.id, rows.order);
    if (rows.circle.length > 0) cycles.push(rows.circle);
  }
  return { order: form.order, rowOrder, cycles };
}

const fieldKey = (id: string): string => `field:${id}`;
const scoreKey = (id: string): string => `score:${id}`;

function needsOfNode(node: FormNode): string[] {
  if (node.kind === 'score') return node.score.sum.map(fieldKey);
  const own = formNeeds(valueExpressions(node.field));
  const page = formNeeds([node.page.showIf]);
  return node.field.type === 'repeat' ? [...own, ...page, ...repeatNeeds(node.field)] : [...own, ...page];
}

const repeatNeeds = (repeat: RepeatField): string[] =>
  repeat.fields.flatMap((field) => formNeeds(valueExpressions(field)));

/** The expressions that decide a question's value. The others are read after all values are known. */
function valueExpressions(field: FormField): (Expression | null | undefined)[] {
  return [field.showIf, field.calculate];
}

function formNeeds(expressions: (Expression | null | undefined)[]): string[] {
  return expressions.flatMap(referencesIn).flatMap(([kind, name]) => {
    if (kind === 'field') return [fieldKey(name)];
    return kind === 'score' ? [scoreKey(name)] : [];
  });
}

function rowNeeds(field: RowField): string[] {
  const references = valueExpressions(field).flatMap(referencesIn);
  return references.filter(([kind]) => kind === 'row').map(([, name]) => name);
}

/** Kahn's algorithm, keeping the form's own order among what is ready. */
function sort<Node>(nodes: ReadonlyMap<string, Node>, needsOf: (node: Node) => string[]) {
  const waitingFor = new Map<string, number>();
  const neededBy = new Map<string, string[]>();
  for (const [key, node] of nodes) {
    const needs = [...new Set(needsOf(node))].filter((need) => nodes.has(need));
    waitingFor.set(key, needs.length);
    for (const need of needs) neededBy.set(need, [...(neededBy.get(need) ?? []), key]);
  }
  const ready = [...nodes.keys()].filter((key) => waitingFor.get(key) === 0);
  for (let index = 0; index < ready.length; index += 1) {
    for (const key of neededBy.get(ready[index] as string) ?? []) {
      const left = (waitingFor.get(key) ?? 0) - 1;
      waitingFor.set(key, left);
      if (left === 0) ready.push(key);
    }
  }
  const sorted = new Set(ready);
  const stuck = [...nodes.keys()].filter((key) => !sorted.has(key));
  const order = [...ready, ...stuck].map((key) => nodes.get(key) as Node);
  return { order, circle: circleWithin(stuck, neededBy).map((key) => key.replace(/^(field|score):/, '')) };
}

/** Of what could not be sorted, drop what merely hangs on a circle: it leads nowhere back. */
function circleWithin(stuck: readonly string[], neededBy: ReadonlyMap<string, string[]>): string[] {
  let circle = new Set(stuck);
  for (;;) {
    const kept = new Set([...circle].filter((key) => (neededBy.get(key) ?? []).some((next) => circle.has(next))));
    if (kept.size === circle.size) return [...kept];
    circle = kept;
  }
}
