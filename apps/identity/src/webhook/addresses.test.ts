import { expect, it } from 'vitest'
import { guardedLookup, isLocal, mayReach } from './addresses.ts'

const inside = [
  '0.0.0.0', '10.1.2.3', '100.64.0.1', '169.254.169.254', '172.16.0.1', '172.31.255.255', '192.168.1.1', '192.0.2.1', '198.18.0.1', '198.51.100.7', '203.0.113.7', '224.0.0.1', '255.255.255.255',
  '::', 'fe80::1', 'fc00::1', 'fd12:3456::1', 'ff02::1', '::ffff:10.0.0.1', '::ffff:169.254.169.254', '64:ff9b::a00:1', '2001:db8::1', '2001::1', '2002:a00:1::1', '3fff::1', '100::1',
]
const here = ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1']
const outside = ['1.1.1.1', '93.184.216.34', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450:4001::8a']

it.each([
  ['public', [...inside, ...here], outside],
  ['loopback', inside, [...here, ...outside]],
  ['private', ['no address', ''], [...inside, ...here, ...outside]],
] as const)('%s: only where webhooks may go', (targets, refused, reached) => {
  expect(refused.filter((address) => mayReach(address, targets))).toEqual([])
  expect(reached.filter((address) => !mayReach(address, targets))).toEqual([])
})

it('a name is this machine only if it says so', () => {
  expect(['localhost', 'api.localhost', '127.0.0.1', '[::1]'].filter((host) => !isLocal(host))).toEqual([])
  expect(['localhost.example', 'example.com', '10.0.0.1', '[fe80::1]'].filter(isLocal)).toEqual([])
})

it('what a name resolves to is looked at where the connection is made', async () => {
  const resolved = (targets: Parameters<typeof guardedLookup>[0], all: boolean) =>
    new Promise((resolve) => guardedLookup(targets)('localhost', { all }, (error, address) => resolve(error?.code ?? address)))
  expect(await resolved('public', true)).toBe('ADDRESS_REFUSED')
  expect(await resolved('public', false)).toBe('ADDRESS_REFUSED')
  expect(await resolved('loopback', false)).toMatch(/^(127\.|::1)/)
  expect(await resolved('loopback', true)).toEqual(expect.arrayContaining([expect.objectContaining({ address: expect.stringMatching(/^(127\.|::1)/) })]))
})
