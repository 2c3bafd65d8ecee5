import type { Json } from '../replication/json.ts';
import { OPERATORS } from './operators/operators.ts';
import type { ReferenceKind, Scope } from './scope.ts';

/**
 * An expression is JSON: a literal, a reference `{ field: 'id' }`, or `[operator, …arguments]`. No parser, no `eval`;
 * evaluation is total: whatever the answers are, it ends and gives a value, null standing for "not known".
 */
export type Expression = string | number | boolean | null | Reference | readonly [string, ...Expression[]];
export type Reference = { readonly [Kind in ReferenceKind]?: string };

export const REFERENCE_KINDS: readonly ReferenceKind[] = [
  'field',
  'row',
  'patient',
  'visit',
  'previous',
  'score',
  'option',
];
export const MAX_EXPRESSION_NODES = 200;

/** The value of an expression in a scope. Never throws; an unknown operator or a wrong argument is null. */
export function evaluate(expression: Expression | undefined, scope: Scope): Json {
  if (expression === undefined || expression === null) return null;
  if (typeof expression !== 'object') return expression;
  if (isCall(expression)) return call(expression, scope);
  const [kind, name] = referenceOf(expression) ?? [];
  return kind === undefined || name === undefined ? null : (scope.read(kind, name) ?? null);
}

function call([name, ...operands]: readonly [string, ...Expression[]], scope: Scope): Json {
  const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (!operator || operands.length < operator.least || operands.length > operator.most) return null;
  const value = operator.apply(
    operands.map((operand) => evaluate(operand, scope)),
    scope,
  );
  return typeof value === 'number' && !Number.isFinite(value) ? null : value;
}

export function isCall(expression: Expression): expression is readonly [string, ...Expression[]] {
  return Array.isArray(expression);
}

/** The kind and name of a reference, or null for any other object. */
export function referenceOf(expression: Reference): [ReferenceKind, string] | null {
  const [entry, ...more] = Object.entries(expression);
  if (!entry || more.length > 0 || typeof entry[1] !== 'string') return null;
  const kind = REFERENCE_KINDS.find((known) => known === entry[0]);
  return kind ? [kind, entry[1]] : null;
}

/** Every node of an expression, parents first. Iterative: the depth of received JSON is not ours to trust. */
export function expressionNodes(expression: Expression | null | undefined): Expression[] {
  if (expression === undefined || expression === null) return [];
  const nodes: Expression[] = [];
  const waiting: Expression[] = [expression];
  while (waiting.length > 0 && nodes.length <= MAX_EXPRESSION_NODES) {
    const node = waiting.pop() as Expression;
    nodes.push(node);
    if (isCall(node)) waiting.push(...(node.slice(1) as Expression[]));
  }
  return nodes;
}

/** Every reference in an expression. */
export function referencesIn(expression: Expression | null | undefined): [ReferenceKind, string][] {
  return expressionNodes(expression).flatMap((node) => {
    const reference = node !== null && typeof node === 'object' && !isCall(node) ? referenceOf(node) : null;
    return reference ? [reference] : [];
  });
}

/**
 * Whether received JSON has the shape of an expression of at most 200 nodes. Operators and names are checked at
 * publishing, not here: a form of a newer engine must stay readable.
 */
export function isExpression(value: unknown): value is Expression {
  const waiting: unknown[] = [value];
  for (let count = 1; waiting.length > 0; count += 1) {
    if (count > MAX_EXPRESSION_NODES) return false;
    const node = waiting.pop();
    if (Array.isArray(node)) {
      if (typeof node[0] !== 'string' || node.length > MAX_EXPRESSION_NODES) return false;
      waiting.push(...node.slice(1));
    } else if (!isLiteral(node) && !isReference(node)) return false;
  }
  return true;
}

const isLiteral = (node: unknown): boolean =>
  node === null || typeof node === 'string' || typeof node === 'boolean' || Number.isFinite(node);

function isReference(node: unknown): boolean {
  if (node === null || typeof node !== 'object') return false;
  const values = Object.values(node);
  return values.length === 1 && typeof values[0] === 'string';
}
