import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { daraja } from './index.ts'
import { confirmation, startDaraja, type DarajaServer } from './testing.ts'

const account = { shortCode: '600984', key: 'key', secret: 'secret' }
const from = new Date('2026-03-01T00:00:00.000Z')
const to = new Date('2026-03-02T00:00:00.000Z')
const paid = (transactionId: string, at = '2026-03-01T10:00:00.000Z') => ({ transactionId, amount: '168.00', billreference: 'GRW 1', at: new Date(at) })

describe('what Daraja answers', () => {
  let server: DarajaServer
  let now: Date
  beforeEach(async () => {
    server = await startDaraja()
    now = new Date('2026-03-02T00:00:00.000Z')
  })
  afterEach(() => server.close())
  const provider = () => daraja({ baseUrl: server.url, now: () => now, timeoutMs: 5000 })
  const code = (work: Promise<unknown>): Promise<string> => work.then(() => 'OK', (error: { code: string }) => error.code)

  test('all payments of a window, over its pages, in the time of East Africa; one token for them all', async () => {
    server.paid.push(...['RKL51ZDR91', 'RKL51ZDR92', 'RKL51ZDR93', 'RKL51ZDR94', 'RKL51ZDR95'].map((id) => paid(id)), paid('RKL51ZDR96', '2026-02-28T23:59:59.000Z'), { ...paid('RKL51ZDR97'), type: 'b2c-payment' })
    const daraja = provider()
    const found = await daraja.received(account, from, to)
    expect(found.map(({ reference }) => reference)).toEqual(['RKL51ZDR91', 'RKL51ZDR92', 'RKL51ZDR93', 'RKL51ZDR94', 'RKL51ZDR95'])
    expect(found[0]).toEqual({ reference: 'RKL51ZDR91', amount: '168.00', account: 'GRW 1', at: new Date('2026-03-01T10:00:00.000Z') })
    expect(server.requests[1]).toEqual({ path: '/pulltransactions/v1/query', body: { ShortCode: '600984', StartDate: '2026-03-01 03:00:00', EndDate: '2026-03-02 03:00:00', OffSetValue: '0' } })
    await daraja.received(account, from, to)
    expect(server.requests.filter(({ path }) => path.startsWith('/oauth'))).toHaveLength(1)
    // Somebody else's key without its secret: the token that is at hand is not theirs.
    expect(await code(daraja.received({ ...account, secret: 'other' }, from, to))).toBe('PROVIDER_REFUSES_US')
    server.requests.splice(server.requests.findLastIndex(({ path }) => path.startsWith('/oauth')), 1)
    // An hour later, less a minute, and when the provider has thrown the token away.
    now = new Date(now.getTime() + 3540_000)
    await daraja.received(account, from, to)
    expect(server.requests.filter(({ path }) => path.startsWith('/oauth'))).toHaveLength(2)
    server.expireTokens()
    expect(await daraja.received(account, from, to)).toHaveLength(5)
    expect(server.requests.filter(({ path }) => path.startsWith('/oauth'))).toHaveLength(3)
  })

  test('what goes wrong has a code, and an answer that cannot be read is not used in part', async () => {
    for (const [mood, expected] of [['dead', 'PROVIDER_UNREACHABLE'], ['busy', 'PROVIDER_BUSY'], ['closed', 'PROVIDER_REFUSES_US'], ['nonsense', 'PROVIDER_ANSWER']] as const) {
      server.mood = mood
      expect(await code(provider().received(account, from, to)), mood).toBe(expected)
    }
    server.mood = 'well'
    expect(await code(provider().received({ ...account, secret: 'other' }, from, to))).toBe('PROVIDER_REFUSES_US')
    expect(await code(provider().received({ ...account, shortCode: '1' }, from, to))).toBe('PROVIDER_REFUSES_US')
    expect(await provider().received(account, from, to)).toEqual([])
    for (const changes of [{ amount: '-1' }, { amount: '1e3' }, { transactionId: 'x' }]) {
      server.paid.splice(0, 9, paid('RKL51ZDR91'), { ...paid('RKL51ZDR92'), ...changes })
      expect(await code(provider().received(account, from, to)), JSON.stringify(changes)).toBe('PROVIDER_ANSWER')
    }
    expect(() => daraja({ baseUrl: 'http://api.safaricom.co.ke' })).toThrow('https')
  })
})

test('a callback tells where to look, and nothing else', () => {
  const { readHint } = daraja()
  const said = confirmation(paid('RKL51ZDR9Z'))
  expect(readHint(said)).toEqual({ reference: 'RKL51ZDR9Z', at: new Date('2026-03-01T10:00:00.000Z') })
  expect(readHint({ TransID: 'rkl51zdr9z' })).toEqual({ reference: 'RKL51ZDR9Z', at: null })
  expect(readHint({ ...said, TransTime: 20260301130000 })).toEqual({ reference: 'RKL51ZDR9Z', at: new Date('2026-03-01T10:00:00.000Z') })
  expect(readHint({ ...said, TransTime: 'now' })?.at).toBeNull()
  for (const body of [null, 'TransID=1', [], {}, { TransID: 7 }, { TransID: '' }, { TransID: 'a b c d' }, { TransID: 'x'.repeat(99) }]) expect(readHint(body), JSON.stringify(body)).toBeNull()
})

test('a statement of the portal: money in and out, charges and totals left out, what is wrong by its reason', () => {
  const { statement } = daraja()
  const cells = { reference: 'QAB12CD301', completed: '03-02-2026 10:15:00', status: 'Completed', in: '15,000.00', out: '', account: 'GRW 1', details: 'Pay Bill from 2547****5678 Acc. GV A2', reason: 'Pay Bill Online' }
  expect(statement.read(cells)).toEqual({ reference: 'QAB12CD301', direction: 'IN', completed: true, at: new Date('2026-02-03T07:15:00.000Z'), amount: '15000.00', account: 'GRW 1' })
  expect(statement.read({ ...cells, account: '', status: 'Failed' })).toMatchObject({ account: 'GV A2', completed: false })
  expect(statement.read({ ...cells, in: '', out: '-4,000.00' })).toMatchObject({ direction: 'OUT', amount: '4000.00' })
  expect(statement.read({ ...cells, in: '', out: '-60.00', reason: 'Business Pay Bill Charge' })).toBeNull()
  expect(statement.read({ ...cells, reference: '' })).toBeNull()
  expect(statement.read({ ...cells, completed: 'yesterday' })).toBe('TIME')
  expect(statement.read({ ...cells, reference: 'a b' })).toBe('REFERENCE')
  for (const wrong of [{ in: '' }, { out: '1.00' }, { in: '1,00' }, { in: '-5.00' }]) expect(statement.read({ ...cells, ...wrong })).toBe('AMOUNT')
  expect(statement.headerAt('Organization Name:,X\n\nReceipt No.,Completion Time\n')).toBe(2)
  expect(statement.headerAt('a,b\n')).toBeNull()
})
