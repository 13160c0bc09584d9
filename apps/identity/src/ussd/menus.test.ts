import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Pins } from '@growr/auth'
import type { Collections } from '@growr/collections'
import { organization, Refusal, user, type Contract } from '@growr/contracts'
import { createLogger, movableClock, type MovableClock } from '@growr/runtime'
import { Turns, type Door, type Keep } from '@growr/service'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openIdentityKeep } from '../stores.ts'
import { ussdConfig } from './config.ts'
import { Menus } from './menus.ts'
import { sessions } from './ussd.collections.ts'

// The menus over a door that the test plays: what it answers, and when, and whether ever.

const PHONE = '+50499000001'
let dir: string
let keep: Keep
let clock: MovableClock
let lines: string[]
let sms: string[]
/** What each action answers; one that is missing never does. */
let answers: Record<string, (params: never, requestId: string | undefined) => unknown>
let calls: { name: string; requestId: string | undefined; params: unknown }[]
let records: Awaited<ReturnType<Collections['repository']>>
let names = 0

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'growr-ussd-'))
  keep = await openIdentityKeep({ dataDir: dir, passphrase: 'a pass phrase for tests', cost: { passes: 2, memory: 19 * 1024 } })
  records = (await keep.collections.repository(sessions)) as never
})
afterAll(async () => {
  await keep.close()
  await rm(dir, { recursive: true })
})
beforeEach(() => {
  clock = movableClock(new Date())
  lines = []
  sms = []
  calls = []
  names += 1
  answers = {
    'user.loginByPhone': () => ({ accessToken: 'token-of-bea', expiresIn: 600, refreshToken: 'r', user: 'bea', role: 'BORROWER', organization: 'comsa' }),
    'user.me': () => ({ id: 'bea', name: 'Bea', language: 'en' }),
    'user.logout': () => ({ ok: true }),
  }
})

const call = (async (contract: Contract, params: never, options?: { requestId?: string }) => {
  calls.push({ name: contract.name, requestId: options?.requestId, params })
  const answer = answers[contract.name]
  return answer === undefined ? new Promise(() => undefined) : answer(params, options?.requestId)
}) as Door['call']
const door: Door = { call, enter: () => Promise.resolve(call) }

function start(): Menus {
  const digest = (...parts: readonly string[]): string => createHmac('sha256', 'key').update(JSON.stringify(parts)).digest('base64url').slice(0, 40)
  const bus = { call: (_contract: Contract, params: { values: { text: string } }) => Promise.resolve(sms.push(params.values.text)) }
  const log = createLogger({ level: 'debug', destination: { write: (line) => lines.push(line) } })
  const kit = { bus: bus as never, clock, real: clock, log, turns: new Turns(), pins: new Pins({ pepper: Buffer.alloc(32), cost: { memoryCost: 64, timeCost: 1, parallelism: 1 } }) }
  return new Menus({ kit, config: ussdConfig.parse({}), records: records as never, digest })
}

/** A phone on these menus; `session` tells sessions of one number apart. */
function phoneOn(menus: Menus, session = `s-${names}`) {
  let whole = ''
  const send = (): Promise<string> => menus.answer('africastalking', { session, phone: `${PHONE}${names}`, entered: { whole } }, door)
  return {
    send,
    enter: async (...entries: string[]) => {
      let answer = ''
      for (const entry of entries) {
        whole = whole === '' ? entry : `${whole}*${entry}`
        answer = await send()
      }
      return answer
    },
  }
}

/** Lets what does not wait for a clock or a call come to rest. */
const rest = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** The answer to an entry that stalls, once the clock has moved that far. */
async function after(milliseconds: number, answering: Promise<string>): Promise<string | undefined> {
  let answer: string | undefined
  void answering.then((given) => (answer = given))
  await rest()
  await clock.advance(milliseconds)
  await rest()
  return answer
}

const way: Readonly<Record<string, readonly string[]>> = {
  'loan.findOwed': ['1'], 'loan.findOffers': ['3'], 'loan.findByUser': ['4'], 'identity.findCredentials': ['5'], 'identity.findPermissions': ['6'], 'user.profile': ['7'], 'organization.findComplaints': ['8'],
}

test('with every rail stalled each menu answers within three seconds, and not before it must', async () => {
  for (const [action, entries] of Object.entries(way)) {
    names += 1
    const menus = start()
    const phone = phoneOn(menus)
    await phone.send()
    expect(await phone.enter('4827'), action).toMatch(/^CON Hello, Bea/)
    const answering = phone.enter(...entries)
    expect(await after(2000, answering), action).toBeUndefined()
    expect(await after(800, answering), action).toBe('END We are working on it. You get the result by SMS.')
    expect(calls.at(-1)!.name).toBe(action)
    await menus.stop()
  }
})

test('a sign-in that stalls opens nothing, also when it ends', async () => {
  const open = Promise.withResolvers<void>()
  const login = answers['user.loginByPhone']!
  answers['user.loginByPhone'] = async (params, id) => (await open.promise, login(params, id))
  const menus = start()
  const phone = phoneOn(menus)
  await phone.send()
  expect(await after(2800, phone.enter('4827'))).toBe('END This takes longer than usual. Please try again in a few minutes.')
  open.resolve()
  await menus.settle()
  expect(calls.map(({ name }) => name)).toEqual(['user.loginByPhone', 'user.me', 'user.logout'])
  expect(sms).toEqual([])
  expect(await phone.enter('1')).toBe('END This takes longer than usual. Please try again in a few minutes.')
  await menus.stop()
})

test('slow work is told by SMS; cut off by a crash, it is done again under the same request id, once she says so', async () => {
  answers['organization.findComplaints'] = () => ({ edges: [] })
  const first = start()
  const phone = phoneOn(first)
  await phone.send()
  await phone.enter('4827', '8', '1')
  const slow = Promise.withResolvers<unknown>()
  answers['organization.complain'] = () => slow.promise
  expect(await after(2800, phone.enter('Too dear'))).toMatch(/^END We are working/)
  const { requestId } = calls.at(-1)!
  // The process ends here; another takes up what was kept.
  await first.stop()
  const second = start()
  const next = phoneOn(second, 'another')
  await next.send()
  expect(await next.enter('4827')).toMatch(/^CON You were cut off at: Write your complaint/)
  answers['organization.complain'] = () => ({ number: '12345678' })
  expect(await next.enter('1')).toMatch(/^CON Your complaint has the number 12345678/)
  expect(calls.at(-1)).toEqual({ name: organization.complain.name, requestId, params: { text: 'Too dear' } })
  // Had the first process lived on, it would have told so.
  slow.resolve({ number: '12345678' })
  await first.settle()
  expect(sms).toEqual(['Your complaint has the number 12345678. You get an answer.'])
  await second.stop()
})

test('each step has a request id of its own, and a repetition of a step none at all', async () => {
  answers['user.getOTP'] = () => ({ ok: true })
  const menus = start()
  const phone = phoneOn(menus)
  await phone.send()
  await phone.enter('1', '1', '1')
  await phone.send()
  const ids = calls.map(({ requestId }) => requestId)
  expect(ids).toHaveLength(2)
  expect(new Set(ids).size).toBe(2)
  expect(ids[0]).toMatch(/^ussd-[A-Za-z0-9_-]{40}$/)
  await menus.stop()
})

test('a repetition gets its own answer, also when it comes late; what a gateway sends out of order changes nothing', async () => {
  const menus = start()
  const at = (session: string, entered: Parameters<Menus['answer']>[1]['entered']): Promise<string> => menus.answer('laststep', { session, phone: `${PHONE}${names}`, entered }, door)
  const whole = (text: string): Promise<string> => at(`w-${names}`, { whole: text })
  const seen = [await whole(''), await whole('4827'), await whole('4827*9'), await whole('4827*9*1')]
  expect([await whole('4827*9'), await whole('4827'), await whole(''), await whole('4827*9*1')]).toEqual([seen[2], seen[1], seen[0], seen[3]])
  expect([await whole('4827*8'), await whole('1'), await whole('48')]).toEqual([seen[3], seen[3], seen[3]])
  expect(await whole('4827*9*1*0')).toBe(seen[2])
  expect(await whole('4827*9*1*0*0')).toMatch(/^CON Growr\n1 What I owe/)
  // What was lost on the way is read with what comes after it.
  expect(await whole('4827*9*1*0*0*9*1')).toMatch(/^CON Enter your present PIN/)

  const last = (number: number, text: string): Promise<string> => at(`l-${names}`, { last: text, first: number === 1, number: String(number) })
  await last(1, '')
  // The session before was cut off, so she is asked whether to go on.
  expect(await last(2, '4827')).toMatch(/^CON You were cut off/)
  const menu = await last(3, '2')
  expect(await last(4, '9')).toMatch(/^CON Settings/)
  expect([await last(4, '9'), await last(3, '2')]).toEqual([expect.stringMatching(/^CON Settings/), menu])
  expect(calls.filter(({ name }) => name === 'user.loginByPhone')).toHaveLength(2)
  await menus.stop()
})

test('a restart forgets the secrets that were entered, and asks for them anew', async () => {
  const first = start()
  const phone = phoneOn(first)
  await phone.send()
  await phone.enter('4827', '9', '1', '4827')
  await first.stop()
  const second = start()
  const again = second.answer('africastalking', { session: `s-${names}`, phone: `${PHONE}${names}`, entered: { whole: '4827*9*1*4827*7391' } }, door)
  expect(await again).toMatch(/^CON (That took too long: please begin anew|Please enter it once more)\.\nEnter your present PIN/)
  expect(calls.some(({ name }) => name === user.setPIN.name)).toBe(false)
  await second.stop()
})

test('a session that was ended elsewhere asks for the PIN, and shows nothing', async () => {
  answers['loan.findOwed'] = () => Promise.reject(new Refusal('SESSION_REVOKED'))
  const menus = start()
  const phone = phoneOn(menus)
  await phone.send()
  await phone.enter('4827')
  expect(await phone.enter('1')).toMatch(/^CON Please enter your PIN again\.\nGrowr\. Enter your PIN/)
  expect(await phone.enter('1')).toMatch(/^CON Enter the code of the invitation/)
  await menus.stop()
})

test('a session that was taken up elsewhere shows nothing more without the PIN', async () => {
  answers['user.profile'] = () => ({ profile: { fullName: 'Bea Flores' }, updatedAt: null })
  const menus = start()
  const phone = phoneOn(menus)
  await phone.send()
  expect(await phone.enter('4827', '7')).toMatch(/Bea Flores/)
  const next = phoneOn(menus, 'next')
  await next.send()
  expect(await next.enter('4827', '1')).toMatch(/Bea Flores/)
  expect(await phone.enter('00')).toMatch(/^CON Please enter your PIN again\.\nGrowr/)
  await menus.stop()
})

test('another person on the number is offered nothing of the one before', async () => {
  const menus = start()
  const phone = phoneOn(menus)
  await phone.send()
  await phone.enter('4827', '9', '3')
  answers['user.loginByPhone'] = () => ({ accessToken: 'token-of-dora', expiresIn: 600, refreshToken: 'r', user: 'dora', role: 'BORROWER', organization: 'comsa' })
  const other = phoneOn(menus, 'other')
  await other.send()
  expect(await other.enter('4827')).toMatch(/^CON Hello/)
  // And after a while neither is she.
  await clock.advance(31 * 60_000)
  answers['user.loginByPhone'] = () => ({ accessToken: 'token-of-bea', expiresIn: 600, refreshToken: 'r', user: 'bea', role: 'BORROWER', organization: 'comsa' })
  const late = phoneOn(menus, 'late')
  await late.send()
  expect(await late.enter('4827')).toMatch(/^CON Hello/)
  await menus.stop()
})

test('a refusal is told in words, one without words by its code, and what fails inside by neither', async () => {
  const menus = start()
  const phone = phoneOn(menus)
  await phone.send()
  answers['user.loginByPhone'] = () => Promise.reject(new Refusal('LOCKED', { details: { retryAfter: 61 } }))
  expect(await phone.enter('4827')).toMatch(/^CON Too many wrong attempts\. Wait 2 minutes\./)
  answers['user.loginByPhone'] = () => Promise.reject(new Refusal('FORBIDDEN'))
  expect(await phone.enter('4827')).toMatch(/^CON This was refused \(FORBIDDEN\)/)
  answers['user.loginByPhone'] = () => Promise.reject(new Error('PIN 4827 of +50499000001'))
  expect(await phone.enter('4827')).toMatch(/^CON This does not work now/)
  expect(lines.join()).toContain('a menu failed')
  expect(lines.join()).not.toMatch(/4827|50499000001/)
  await menus.stop()
})

test('a session of too many entries ends', async () => {
  const menus = start()
  const phone = phoneOn(menus)
  await phone.send()
  let answer = ''
  for (let entry = 0; entry < 125; entry++) answer = await phone.enter('7')
  expect(answer).toBe('END The session is too long. Please dial again.')
  await menus.stop()
})
