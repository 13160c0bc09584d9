import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { RootstockStore } from './store.ts'
import { Watched } from './watched.ts'

const digits = (what: string): string => createHash('sha256').update(what).digest('hex').slice(0, 40)

test('what is watched is found, and nothing else is: also what ends like it, or in zeros, and when it was made after thousands', () => {
  const folder = mkdtempSync(join(tmpdir(), 'growr-rootstock-'))
  const store = new RootstockStore(join(folder, 'r.db'))
  const addresses = Array.from({ length: 3_000 }, (_, n) => `0x${digits(`ours ${n}`)}`)
  // Of the same last digits, as a row of its own and as none; the last ones are the marks 0, 1 and the highest.
  const twin = `0x${'1'.repeat(32)}${addresses[0]!.slice(-8)}`
  addresses.push(twin, ...['00000000', '00000001', 'ffffffff'].map(end => `0x${'2'.repeat(32)}${end}`))
  const insert = (from: number, to: number) => addresses.slice(from, to).forEach((address, at) => store.insert('addresses', { n: from + at, address, wallet: 'w', tag: address }))
  store.atomically(() => insert(0, 600))
  const watched = new Watched(store)
  store.atomically(() => insert(600, addresses.length))
  for (const address of addresses.slice(600)) watched.add(address)
  expect(addresses.map(address => watched.get(address)?.n)).toEqual(addresses.map((_, n) => n))
  for (const other of [`0x${'3'.repeat(32)}${twin.slice(-8)}`, `0x${'0'.repeat(40)}`, `0x${'f'.repeat(40)}`, ...Array.from({ length: 1_000 }, (_, n) => `0x${digits(`other ${n}`)}`)]) expect(watched.get(other)).toBeUndefined()
  store.close()
  rmSync(folder, { recursive: true, force: true })
})
