import { expect, it } from 'vitest';
import { ADDRESS_HEADER, addressOf } from '../../../app/server/client-address.ts';

const of = (address: string) => addressOf(new Request('http://localhost', { headers: { [ADDRESS_HEADER]: address } }));

it.each([
  ['10.1.2.3', '10.1.2.3'],
  ['::ffff:10.1.2.3', '10.1.2.3'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
  ['2001:db8::1:2:3:4', '2001:db8:0:0::/64'],
  ['2001:db8::9:8:7:6', '2001:db8:0:0::/64'],
  ['2001:db8::', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['unknown', 'unknown'],
])('%s counts as %s', (address, counted) => {
  expect(of(address)).toBe(counted);
});
