import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { allPaths, lineOf, type SourceFile, sourceFiles, walk } from './source-files.ts';

const screens = sourceFiles('app').filter((file) => file.path.endsWith('.tsx'));

/** Stands in the page title and before any language is loaded. */
const productName = 'Hikma Health';

/** Attributes that people read or hear. */
const spoken = new Set([
  'alt',
  'title',
  'placeholder',
  'label',
  'hint',
  'error',
  'detail',
  'caption',
  'description',
  'aria-label',
  'aria-description',
  'aria-placeholder',
  'aria-roledescription',
  'aria-valuetext',
]);

it('no screen has words of its own: every word comes from lib/text', () => {
  expect(screens.flatMap(ownWords), 'take the words from useText(): t(…)').toEqual([]);
});

it('finds words written into a screen (the check itself)', () => {
  expect(ownWords(parse('const A = () => <p>Save</p>'))).toHaveLength(1);
  expect(ownWords(parse('const A = () => <p title="Save it">{t("action.save")}</p>'))).toHaveLength(1);
  expect(ownWords(parse('const A = () => <p>{busy ? "Saving" : t("action.save")}</p>'))).toHaveLength(1);
  expect(ownWords(parse(`const A = () => <Field label={\`Name of $\{x}\`} />`))).toHaveLength(1);
  expect(ownWords(parse('const A = () => <p className="p-4">{a} · {b} ({n}%)</p>'))).toEqual([]);
});

it('screens are laid out by logical properties, so that they turn over in Arabic', () => {
  const styles = allPaths().filter((path) => path.startsWith('app/') && path.endsWith('.css'));
  const texts = [
    ...sourceFiles('app').map(({ path, text }) => ({ path, text })),
    ...styles.map((path) => ({ path, text: readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8') })),
  ];
  expect(
    texts.flatMap(({ path, text }) => physical(path, text)),
    'use ms-, me-, ps-, pe-, start-, end-, text-start …',
  ).toEqual([]);
});

it('finds physical sides (the check itself)', () => {
  for (const bad of [
    '"ml-2"',
    '"md:-mr-4"',
    '"p-2 left-0"',
    '"text-right"',
    '"rounded-tl-2"',
    '"border-l"',
    'margin-left: 4px',
    '{ paddingRight: 3 }',
  ]) {
    expect(physical('x', bad), bad).toHaveLength(1);
  }
  for (const good of [
    '"ms-2 start-0 text-start"',
    '"inset-x-0 mx-auto"',
    'margin-inline-start: 4px',
    '"pb-safe"',
    'the left-over words',
  ]) {
    expect(physical('x', good), good).toEqual([]);
  }
});

function ownWords(file: SourceFile): string[] {
  const found: string[] = [];
  const report = (node: ts.Node, text: string) => {
    if (/\p{L}{2,}/u.test(text) && text.trim() !== productName)
      found.push(`${file.path}:${lineOf(file, node)} “${text.trim()}”`);
  };
  walk(file.tree, (node) => {
    if (ts.isJsxText(node)) report(node, node.text);
    else if (ts.isJsxExpression(node) && node.expression && !ts.isJsxAttribute(node.parent))
      words(node.expression, report);
    else if (ts.isJsxAttribute(node) && spoken.has(node.name.getText(file.tree)) && node.initializer) {
      words(ts.isJsxExpression(node.initializer) ? node.initializer.expression : node.initializer, report);
    }
  });
  return found;
}

/** Literal text that an expression can become: itself, the arms of a condition, the fixed parts of a template. */
function words(node: ts.Node | undefined, report: (node: ts.Node, text: string) => void): void {
  if (!node) return;
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) report(node, node.text);
  else if (ts.isTemplateExpression(node)) {
    report(node, [node.head.text, ...node.templateSpans.map((span) => span.literal.text)].join(' '));
  } else if (ts.isConditionalExpression(node)) {
    words(node.whenTrue, report);
    words(node.whenFalse, report);
  } else if (ts.isParenthesizedExpression(node)) words(node.expression, report);
  else if (
    ts.isBinaryExpression(node) &&
    [
      ts.SyntaxKind.AmpersandAmpersandToken,
      ts.SyntaxKind.BarBarToken,
      ts.SyntaxKind.QuestionQuestionToken,
      ts.SyntaxKind.PlusToken,
    ].includes(node.operatorToken.kind)
  ) {
    if (node.operatorToken.kind !== ts.SyntaxKind.AmpersandAmpersandToken) words(node.left, report);
    words(node.right, report);
  }
}

/** Physical sides in class names, style sheets and style objects. */
function physical(path: string, text: string): string[] {
  const classes =
    /(?<=["'`\s:])-?(?:ml|mr|pl|pr|left|right|border-l|border-r|rounded-l|rounded-r|rounded-tl|rounded-tr|rounded-bl|rounded-br|scroll-ml|scroll-mr)-(?:\d|\[|\(|px|auto|full)[^\s"'`]*|(?<=["'`\s:])(?:border-l|border-r|rounded-[lr]|text-left|text-right|float-left|float-right)(?=["'`\s])/g;
  const styles =
    /\b(?:margin|padding|border)-(?:left|right)\b|(?<=[{;]\s*)(?:left|right)\s*:\s*[\d-]|\b(?:margin|padding|border)(?:Left|Right)\b|text-align:\s*(?:left|right)/g;
  return text
    .split('\n')
    .flatMap((line, index) =>
      [...line.matchAll(classes), ...line.matchAll(styles)].map((hit) => `${path}:${index + 1} ${hit[0]}`),
    );
}

function parse(text: string): SourceFile {
  return { path: 'x.tsx', text, lines: 1, tree: ts.createSourceFile('x.tsx', text, ts.ScriptTarget.ES2023, true) };
}
