import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Actor, Outcome } from './door.ts'
import { UssdDoor } from './ussd.ts'

// A callback that answers what it is told to, over a real socket.

let url = ''
let asked: Record<string, string>[] = []
let answer: (form: Record<string, string>) => { status?: number; text: string } = () => ({ text: 'END' })
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()))
    asked.push({ path: request.url ?? '', ...form })
    const { status = 200, text } = answer(form)
    response.writeHead(status).end(text)
  })
})
beforeAll(async () => {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())
beforeEach(() => {
  asked = []
})

const bea: Actor = { name: 'bea', person: { role: 'BORROWER', organization: 'COMSA', phone: '+50499000001' } }
const phone = (learned: string[] = [], patience?: number): { do: (operation: string, given?: object) => Promise<Outcome>; query: (operation: string, given?: object) => Promise<Outcome> } => {
  const mails = { newest: () => Promise.resolve({ file: '1', at: '', channel: 'sms' as const, to: '', text: 'Pay to 600984, account GRW0000123400.', code: '1234' }) }
  const door = new UssdDoor(() => url, mails, (entry) => learned.push(entry), patience)
  const perform = (kind: 'do' | 'query') => (operation: string, given: object = {}) => door.perform(bea, { kind, operation, with: given as Record<string, unknown> })
  return { do: perform('do'), query: perform('query') }
}
/** One screen of three pages, whose fifth choice leads on. */
const pages = ['Which one?\n1 One\n2 Two\n98 More\n0 Back', '3 Three\n4 Thirty\n98 More\n0 Back', '5 Last\n0 Back\n00 Menu']
const menu = (form: Record<string, string>): { text: string } => {
  const entries = form['text'] === '' ? [] : (form['text'] ?? '').split('*')
  if (entries.at(-1) === '5') return { text: 'END Your complaint has the number 12345678, or account GRW0000123400.' }
  return { text: `CON ${pages[entries.filter((entry) => entry === '98').length] ?? 'nothing'}` }
}

test('a session is told of as its gateway does, and shown as the phone does', async () => {
  answer = menu
  const learned: string[] = []
  const on = phone(learned)
  expect(await on.do('dial')).toMatchObject({ result: { answer: 'CON', text: pages[0], lines: ['Which one?', '1 One', '2 Two', '98 More', '0 Back'], codes: [] } })
  expect(await on.do('enter', { keys: ['98', '98'] })).toMatchObject({ result: { text: pages[2] } })
  expect(asked.map(({ path, text, sequence }) => [path, text, sequence])).toEqual([['/ussd/africastalking', '', undefined], ['/ussd/africastalking', '98', undefined], ['/ussd/africastalking', '98*98', undefined]])
  expect(new Set(asked.map(({ sessionId }) => sessionId)).size).toBe(1)
  asked = []
  await on.do('dial', { gateway: 'laststep', phone: '+50499000009' })
  await on.do('enter', { keys: ['1', '2'] })
  expect(asked.map(({ path, text, sequence, phoneNumber }) => [path, text, sequence, phoneNumber])).toEqual([['/ussd/laststep', '', '1', '+50499000009'], ['/ussd/laststep', '1', '2', '+50499000009'], ['/ussd/laststep', '2', '3', '+50499000009']])
  expect(learned).toEqual(['98', '98', '1', '2'])
})

test('choices are found on their page, and read as a whole', async () => {
  answer = menu
  const on = phone()
  await on.do('dial')
  expect(await on.do('read')).toMatchObject({ result: { text: 'Which one?\n1 One\n2 Two 3 Three\n4 Thirty 5 Last', pages } })
  await on.do('dial')
  expect(await on.do('choose', { options: ['Last'] })).toMatchObject({ result: { answer: 'END', codes: ['12345678', 'GRW0000123400'] } })
  expect(await on.do('enter', { keys: ['1'] })).toMatchObject({ refusal: { code: 'JOURNEY_INVALID', message: expect.stringContaining('the session is over') as string } })
  await on.do('dial')
  expect(await on.do('choose', { options: ['Th'] })).toMatchObject({ refusal: { code: 'CHOICE_AMBIGUOUS' } })
  expect(await on.do('choose', { options: ['Nowhere'] })).toMatchObject({ refusal: { code: 'CHOICE_MISSING' } })
  expect(await on.query('screen')).toMatchObject({ result: { text: pages[2] } })
  expect(await on.query('sms')).toEqual({ result: { text: 'Pay to 600984, account GRW0000123400.', code: '1234', codes: ['GRW0000123400'] } })
})

test('a repetition must be answered as the first was', async () => {
  answer = menu
  const on = phone()
  await on.do('dial')
  expect(await on.do('repeat', { times: 3 })).toMatchObject({ result: { text: pages[0] } })
  expect(asked).toHaveLength(4)
  answer = () => ({ text: 'CON something else' })
  expect(await on.do('repeat')).toMatchObject({ refusal: { code: 'ANSWER_DIFFERS' } })
})

test('a screen has to have room, to come in time, and to be one', async () => {
  const dialled = async (text: string, status = 200, on = phone()): Promise<unknown> => {
    answer = () => ({ text, status })
    const outcome = await on.do('dial')
    return 'refusal' in outcome ? outcome.refusal.code : 'OK'
  }
  expect(await dialled(`CON ${'a'.repeat(160)}`)).toBe('OK')
  expect(await dialled(`CON ${'a'.repeat(161)}`)).toBe('SCREEN_TOO_LONG')
  expect(await dialled(`CON ${'a'.repeat(158)}€`)).toBe('OK')
  expect(await dialled(`CON ${'a'.repeat(159)}€`)).toBe('SCREEN_TOO_LONG')
  expect(await dialled('<html>')).toBe('ANSWER_MALFORMED')
  expect(await dialled('{"errors":[{"extensions":{"code":"FORBIDDEN"}}]}', 403)).toBe('FORBIDDEN')
  expect(await dialled('<html>', 500)).toBe('HTTP_500')
  expect(await dialled('CON late', 200, phone([], -1))).toBe('ANSWER_LATE')
})

test('what a phone cannot do is said before anything is sent', async () => {
  const on = phone()
  const message = async (kind: 'do' | 'query', operation: string, given?: object): Promise<string> => {
    const outcome = await on[kind](operation, given)
    return 'refusal' in outcome && outcome.refusal.code === 'JOURNEY_INVALID' ? (outcome.refusal.message ?? '') : JSON.stringify(outcome)
  }
  expect(await message('do', 'enter', { keys: ['1'] })).toMatch(/has no session/)
  expect(await message('do', 'screen')).toMatch(/a phone has `do: dial`/)
  expect(await message('do', 'constructor')).toMatch(/a phone has/)
  expect(await message('do', 'dial', { gatway: 'laststep' })).toMatch(/takes no "gatway"; it takes gateway, phone/)
  expect(await message('do', 'dial', { gateway: 'other' })).toMatch(/africastalking or laststep/)
  expect(await message('do', 'enter')).toMatch(/needs `keys`/)
  expect(await message('do', 'enter', { keys: [4827] })).toMatch(/stands in quotes/)
  expect(await message('do', 'repeat', { times: 0 })).toMatch(/times is number/)
  expect(asked).toEqual([])
})
