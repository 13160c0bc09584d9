import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { daraja } from '@growr/mobilemoney'
import { readCsv } from '@growr/service'
import type { Actor, Outcome } from './door.ts'
import { ACCOUNT, MobileMoneyDoor } from './mobile-money.ts'

// The node's adapter of the provider asks the door's server over a real socket; the callback's side is a server of the test.

const at = new Date('2026-03-01T16:00:00.000Z')
const bea: Actor = { name: 'bea', person: { role: 'BORROWER' } }
let door: MobileMoneyDoor
let told: { path: string; body: Record<string, unknown> }[] = []
let status = 200
const node = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    told.push({ path: request.url ?? '', body: JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown> })
    response.writeHead(status).end(JSON.stringify(status === 200 ? { ResultCode: 0 } : { code: 'PROVIDER_UNKNOWN', path: 'path.provider' }))
  })
})
beforeAll(async () => {
  await new Promise<void>((ready) => node.listen(0, '127.0.0.1', ready))
  door = await MobileMoneyDoor.open(() => at)
  door.connect(() => `http://127.0.0.1:${(node.address() as AddressInfo).port}`)
})
afterAll(async () => {
  await door.close()
  node.close()
})
beforeEach(() => {
  told = []
  status = 200
})

const act = (kind: 'do' | 'query', operation: string, given: object = {}): Promise<Outcome> => door.perform(bea, { kind, operation, with: given as Record<string, unknown> })
const asked = async (): Promise<string[]> => (await daraja({ baseUrl: door.url, now: () => at }).received(ACCOUNT, new Date(at.getTime() - 3_600_000), new Date(at.getTime() + 1000))).map(({ reference, amount, account }) => `${reference} ${amount} ${account}`)

test('what was paid is on the provider\'s list, at once or when it gets there; nothing that was made up', async () => {
  expect(await act('do', 'pay', { code: 'GRW1', amount: '10.00', reference: 'RKLA' })).toEqual({ result: { reference: 'RKLA', amount: '10.00', account: 'GRW1', at: at.toISOString() } })
  await act('do', 'pay', { code: 'GRW2', amount: '20.00', reference: 'RKLB', listed: false })
  await act('do', 'forge', { to: '/callbacks/x', code: 'GRW1', amount: '99.00', reference: 'RKLZ' })
  await act('do', 'withdraw', { amount: '5.00', reference: 'RKLC' })
  expect(await asked()).toEqual(['RKLA 10.00 GRW1'])
  await act('do', 'list', { reference: 'RKLB' })
  await act('do', 'list', { reference: 'RKLB' })
  expect(await asked()).toEqual(['RKLA 10.00 GRW1', 'RKLB 20.00 GRW2'])
  await act('do', 'become', { mood: 'busy' })
  await expect(asked()).rejects.toMatchObject({ code: 'PROVIDER_BUSY' })
  await act('do', 'become', { mood: 'well' })
  expect(await asked()).toHaveLength(2)
})

test('a callback says what was, or what the step has it say, as often as it says', async () => {
  expect(await act('do', 'callback', { to: '/callbacks/x', reference: 'RKLA', times: 3 })).toEqual({ result: { status: 200, times: 3, body: { ResultCode: 0 } } })
  expect(told.map(({ path, body }) => [path, body['TransID'], body['TransAmount'], body['BillRefNumber']])).toEqual(Array.from({ length: 3 }, () => ['/callbacks/x', 'RKLA', '10.00', 'GRW1']))
  told = []
  await act('do', 'callback', { to: '/callbacks/x', reference: 'RKLA', amount: '1.00', code: 'other' })
  expect(told[0]?.body).toMatchObject({ TransID: 'RKLA', TransAmount: '1.00', BillRefNumber: 'other' })
  status = 404
  expect(await act('do', 'callback', { to: '/callbacks/x', reference: 'RKLA' })).toEqual({ refusal: { code: 'PROVIDER_UNKNOWN', path: 'path.provider' } })
})

test('the statement has everything that moved, but for what it is told to lose, change or call failed', async () => {
  const outcome = await act('query', 'statement', { without: ['RKLB'], amounts: { RKLA: '1,000.00' }, failed: ['RKLA'] })
  const { csv, lines } = (outcome as { result: { csv: string; lines: number } }).result
  expect(lines).toBe(2)
  const form = daraja().statement
  const { required, optional, names } = form
  const table = readCsv(csv.split('\n').slice(form.headerAt(csv) ?? 0).join('\n'), { required, optional, names, others: 'ignore' })
  expect(table.faults).toEqual([])
  const rows = table.rows.map(({ cells }) => form.read(cells))
  expect(rows).toEqual([
    { reference: 'RKLA', direction: 'IN', at, amount: '1000.00', completed: false, account: 'GRW1' },
    { reference: 'RKLC', direction: 'OUT', at, amount: '5.00', completed: true, account: '' },
  ])
})

test.each([
  ['do', 'callback', { to: '/x', reference: 'NOBODY' }, /nobody has paid/],
  ['do', 'callback', { to: '/x', reference: 'RKLC' }, /nobody has paid/],
  ['do', 'callback', { to: '//example.org/x', reference: 'RKLA' }, /leads away/],
  ['do', 'pay', { code: 'x', amount: '1.00', reference: 'RKLA' }, /to another payment/],
  ['do', 'pay', { code: 'x', amount: 1 }, /in quotes/],
  ['do', 'pay', { code: 'x', amount: '1.00', when: 'soon' }, /takes no "when"/],
  ['do', 'become', { mood: 'sad' }, /may become well/],
  ['do', 'statement', {}, /the provider has `do: pay`/],
  ['query', 'statement', { without: ['NOBODY'] }, /has no payment NOBODY/],
] as const)('what makes no sense is said: %s %s %j', async (kind, operation, given, message) => {
  expect(await act(kind, operation, given)).toEqual({ refusal: { code: 'JOURNEY_INVALID', message: expect.stringMatching(message) as string } })
  expect(told).toEqual([])
})
