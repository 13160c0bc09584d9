import { afterAll, expect, test } from 'vitest'
import fc from 'fast-check'
import Corestore from 'corestore'
import Hyperbee from 'hyperbee'
import hypercoreCrypto from 'hypercore-crypto'
import { Header } from 'hyperbee/lib/messages.js'
import { temporaryDirectory } from './testing/fixture.ts'
import { TreeWriter } from './tree-writer.ts'

const store = new Corestore(temporaryDirectory(), { allowBackup: true })
afterAll(() => store.close())

const hex = (blocks: readonly Uint8Array[]): string[] => blocks.map(block => Buffer.from(block).toString('hex'))

/** Lets Hyperbee itself put the same batches into a core, and holds block against block. */
async function expectSame(batches: readonly (readonly string[])[], forgetful: boolean, most?: number): Promise<void> {
  const keyPair = hypercoreCrypto.keyPair()
  const core = store.get({ manifest: { version: 1, signers: [{ publicKey: keyPair.publicKey }] }, encryption: { key: Buffer.alloc(32, 1) } })
  await core.ready()
  await core.append(Header.encode({ protocol: 'hyperbee' }), { keyPair })
  const bee = new Hyperbee(core, { keyEncoding: 'utf-8', valueEncoding: 'binary', extension: false })
  const writer = new TreeWriter(async seq => await core.get(seq) ?? new Uint8Array(), most)
  for (const keys of batches) {
    const puts = keys.map((key, i) => ({ key, value: Buffer.from(`value ${core.length + i}`) }))
    const ours = await writer.blocks(puts, core.length)
    const batch = bee.batch({ update: false })
    for (const put of puts) await batch.put(put.key, put.value)
    const theirs = batch.toBlocks()
    expect(hex(ours)).toEqual(hex(theirs))
    await core.append(theirs, { keyPair })
    await batch.close()
    if (forgetful) writer.forget()
  }
  await core.close()
}

const split = (keys: readonly string[], size: number): string[][] =>
  Array.from({ length: Math.ceil(keys.length / size) }, (_, i) => keys.slice(i * size, (i + 1) * size))

test('makes the very blocks that Hyperbee makes: new keys and known ones, warm and cold', async () => {
  const key = fc.integer({ min: 0, max: 300 }).map(i => `k${i.toString(36)}`)
  const batches = fc.array(fc.array(key, { minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 8 })
  await fc.assert(fc.asyncProperty(batches, fc.boolean(), (keys, forgetful) => expectSame(keys, forgetful)), { numRuns: 60 })
})

test('and in long runs, in order and scattered', async () => {
  const ascending = Array.from({ length: 1_500 }, (_, i) => `01K${i.toString(36).padStart(6, '0')}`)
  const scattered = ascending.map((_, i) => ascending[(i * 733) % ascending.length] ?? '')
  await expectSame(split(ascending, 64), false)
  await expectSame(split(scattered, 64), false)
  await expectSame(split([...scattered, ...ascending], 50), true)
  // And with room for a tenth of the nodes.
  await expectSame(split([...scattered, ...ascending], 50), false, 40)
})
