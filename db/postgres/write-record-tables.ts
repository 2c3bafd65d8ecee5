import { COLLECTIONS, collectionNamed } from '../../lib/domain/collections.ts';
import { quoted, tableDdl, tableName } from './record-tables.ts';

// Prints a migration with the tables of the named collections, or of all:
//   node db/postgres/write-record-tables.ts labResults referrals > db/migrations/0NN_laboratory.sql
const named = process.argv.slice(2).map((name) => {
  const collection = collectionNamed(name);
  if (collection === undefined) throw new Error(`No collection is called ${name}.`);
  return collection;
});
const collections = named.length === 0 ? COLLECTIONS : named;

console.log('-- A table per collection, printed from its declaration by db/postgres/write-record-tables.ts.\n');
console.log('-- up');
console.log(collections.map(tableDdl).join('\n\n'));
console.log('\n-- down');
console.log(
  [...collections]
    .reverse()
    .map((one) => `drop table ${quoted(tableName(one.name))};`)
    .join('\n'),
);
