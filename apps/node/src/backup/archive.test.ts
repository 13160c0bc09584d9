import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { DATA, END, HEAD, MANIFEST, unpack } from './archive.ts'

const message = (kind: number, body: string | object): Buffer => Buffer.concat([Buffer.of(kind), Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))])
const digest = (text: string) => ({ bytes: Buffer.byteLength(text), sha256: createHash('sha256').update(text).digest('hex') })
const part = (path: string, text: string): Buffer[] => [message(HEAD, { kind: 'file', path }), message(DATA, text), message(END, digest(text))]
const manifest = message(MANIFEST, { v: 1, instant: '2026-01-01T00:00:00.000Z', files: [{ path: 'a', ...digest('one') }, { path: 'b/c', ...digest('two') }], books: [] })

async function unpacked(messages: readonly Buffer[]): Promise<{ found: Record<string, string>; ended: boolean }> {
  const found: Record<string, string> = {}
  let ended = false
  const source = (async function* () {
    yield* messages
    ended = true
  })()
  await unpack(source, {
    file: async ({ path }, bytes) => {
      let text = ''
      for await (const each of bytes) text += each.toString()
      found[path] = text
    },
    book: () => Promise.reject(new Error('no book')),
  })
  return { found, ended }
}

test('comes apart as it was put together, read to its end', async () => {
  expect(await unpacked([...part('a', 'one'), ...part('b/c', 'two'), manifest])).toEqual({ found: { a: 'one', 'b/c': 'two' }, ended: true })
})

test.each<[string, readonly Buffer[]]>([
  ['a part less', [...part('a', 'one'), manifest]],
  ['a part twice', [...part('a', 'one'), ...part('a', 'one'), ...part('b/c', 'two'), manifest]],
  ['parts in another order', [...part('b/c', 'two'), ...part('a', 'one'), manifest]],
  ['contents swapped', [...part('a', 'two'), ...part('b/c', 'one'), manifest]],
  ['a part without its end', [...part('a', 'one').slice(0, 2), ...part('b/c', 'two'), manifest]],
  ['no manifest', [...part('a', 'one'), ...part('b/c', 'two')]],
  ['more behind the manifest', [...part('a', 'one'), ...part('b/c', 'two'), manifest, ...part('d', 'three')]],
  ['an empty message', [Buffer.alloc(0), manifest]],
])('%s is found', async (_what, messages) => {
  await expect(unpacked(messages)).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' })
})

test.each(['../x', 'a/../../x', '/etc/x', 'a//x', './x', '', 'a\0', 'a/..'])('no file leads out of the directory: %j', async (path) => {
  await expect(unpacked([...part(path, 'one'), manifest])).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' })
})
