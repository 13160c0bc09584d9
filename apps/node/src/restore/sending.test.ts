import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Custody } from '@growr/keys'
import type { Message, SendResult } from '@growr/messaging'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeRestored, type Restored } from './note.ts'
import { Sending } from './sending.ts'

let data: string
let custody: Custody
const sent: string[] = []
let failing: boolean | string
const messenger = {
  send: (message: Message): Promise<SendResult> => {
    const about = { id: message.id, channel: 'sms' as const, provider: 'test', attempts: 1 }
    if (failing === true || failing === message.id) return Promise.resolve({ ...about, status: 'FAILED', temporary: true, code: 'PROVIDER_UNREACHABLE', reason: 'no answer' } as SendResult)
    sent.push(message.id)
    return Promise.resolve({ ...about, status: 'SENT', reference: message.id })
  },
}
const message = (id: string): Message => ({ id, to: { phone: '+50499000001' }, language: 'es', template: 'paymentReceived', values: {} }) as unknown as Message
const note: Restored = { v: 1, at: '2026-03-05T00:00:00.000Z', instant: '2026-03-04T00:00:00.000Z', file: 'x.growr', sending: 'off', settled: false, held: 'undecided', reconciledAt: null, lost: [] }
const now = new Date('2026-03-06T00:00:00.000Z')

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'growr-sending-'))
  mkdirSync(join(data, 'identity'))
  custody = await Custody.create({ file: join(data, 'identity', 'keys.json'), group: 'identity', purposes: ['record'], passphrase: 'a pass phrase for a test', cost: { passes: 2, memory: 19 * 1024 } })
  sent.length = 0
  failing = false
})

afterEach(() => {
  custody.close()
  rmSync(data, { recursive: true, force: true })
})

const open = (): Sending => new Sending(data, custody)

test('a node that was never restored sends', async () => {
  const sending = open()
  expect(await sending.through(messenger).send(message('1'))).toMatchObject({ status: 'SENT' })
  expect([sending.on(), sent]).toEqual([true, ['1']])
  await expect(sending.reconcile('drop', now)).rejects.toMatchObject({ code: 'NOT_RESTORED' })
})

test('what the restored data had to send is held back, sealed, once; what comes later waits where it is', async () => {
  await writeRestored(data, note)
  const sending = open()
  for (const id of ['1', '2', '1']) expect(await sending.through(messenger).send(message(id))).toMatchObject({ status: 'SENT' })
  // Killed, and started again before everything was held back.
  const again = open()
  await again.through(messenger).send(message('2'))
  await again.settled()
  expect(await again.through(messenger).send(message('3'))).toMatchObject({ status: 'FAILED', temporary: true })
  expect([sent, open().holding, open().on(), open().held().map(({ id }) => id)]).toEqual([[], false, false, ['1', '2']])
  expect(readFileSync(join(data, 'identity', 'held'), 'utf8')).not.toContain('99000001')
  expect(await again.release(messenger)).toBe(0)
})

test('reconciled, it is dropped, and nothing of it is ever sent', async () => {
  await writeRestored(data, note)
  const sending = open()
  await sending.through(messenger).send(message('1'))
  await sending.settled()
  await sending.reconcile('drop', now)
  expect([await sending.release(messenger), sending.held(), sending.on()]).toEqual([0, [], true])
  await sending.through(messenger).send(message('2'))
  expect([sent, open().on()]).toEqual([['2'], true])
})

test('or sent, once, and again only what a provider did not take', async () => {
  await writeRestored(data, note)
  const sending = open()
  for (const id of ['1', '2']) await sending.through(messenger).send(message(id))
  await sending.reconcile('send', now)
  failing = true
  expect(await sending.release(messenger)).toBe(0)
  failing = '2'
  expect(await sending.release(messenger)).toBe(1)
  failing = false
  // The messenger of the next start remembers nothing; what was sent is known all the same.
  expect(await open().release(messenger)).toBe(1)
  expect([await open().release(messenger), sent]).toEqual([0, ['1', '2']])
})

test('a line that a power cut left in the middle was never acknowledged, and is in nobody\'s way', async () => {
  await writeRestored(data, note)
  const sending = open()
  await sending.through(messenger).send(message('1'))
  appendFileSync(join(data, 'identity', 'held'), '\nAAAA')
  await sending.through(messenger).send(message('2'))
  expect(open().held().map(({ id }) => id)).toEqual(['1', '2'])
})
