import { expect, test } from 'vitest'
import { openStream, StreamSealer } from './stream.ts'

const options = { format: 'test', passphrase: 'a pass phrase for a stream', cost: { passes: 2, memory: 19 * 1024 } }
const messages = ['first', '', 'x'.repeat(100_000), 'last']

async function sealed(): Promise<Buffer> {
  const sealer = await StreamSealer.create(options)
  return Buffer.concat([sealer.header, ...messages.map((message, i) => sealer.seal(Buffer.from(message), i === messages.length - 1))])
}

async function opened(bytes: Buffer, changes: object = {}, portion = 1000): Promise<string[]> {
  const source = (async function* () {
    for (let at = 0; at < bytes.length; at += portion) yield bytes.subarray(at, at + portion)
  })()
  const found: string[] = []
  for await (const message of openStream(source, { ...options, ...changes })) found.push(message.toString())
  return found
}

test('comes out as it went in, whatever the portions', async () => {
  const bytes = await sealed()
  expect(await opened(bytes)).toEqual(messages)
  expect(await opened(bytes, {}, 1 << 20)).toEqual(messages)
  expect(bytes.includes('xxxx')).toBe(false)
})

test('another pass phrase, another format, and every change is found', async () => {
  const bytes = await sealed()
  await expect(opened(bytes, { passphrase: 'another pass phrase' })).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' })
  await expect(opened(bytes, { format: 'other' })).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' })
  await expect(opened(Buffer.from('nothing of the kind'))).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' })
  for (const spoilt of [bytes.subarray(0, -1), bytes.subarray(0, -30), Buffer.concat([bytes, Buffer.from('!')]), Buffer.from(bytes).fill(1, 5000, 5001)]) {
    await expect(opened(spoilt)).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' })
  }
  await expect(StreamSealer.create({ ...options, passphrase: 'short' })).rejects.toMatchObject({ code: 'PASSPHRASE_TOO_SHORT' })
})
