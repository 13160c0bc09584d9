import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseJourney } from './document.ts'
import type { Actor, Door, Outcome, Request } from './doors/door.ts'
import { emptyEvidence, listening } from './evidence.ts'
import { Inbox } from './inbox.ts'
import { play, type Stage } from './play.ts'
import { json, terminal } from './show.ts'

const people = `
name: test
start: 2026-03-01
timezone: America/Tegucigalpa
people:
  ana: { role: ORIGINATOR_ADMIN, organization: COMSA, email: ana@comsa.example }
  bea: { role: BORROWER, organization: COMSA, phone: "+50499000001" }
  carl: { role: BORROWER, organization: COMSA, phone: "+50499000002" }
groups: { all: [bea, carl] }
steps:
`

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'growr-play-'))
})
afterEach(() => rm(folder, { recursive: true }))

type Answer = (actor: Actor, request: Request) => Outcome

interface Played {
  readonly asked: [who: string, Request][]
  readonly moved: string[]
  readonly shown: string[]
  readonly people: Map<string, Record<string, unknown>>
}

async function run(steps: string, answer: Answer, held: Readonly<Record<string, string>> = {}, unlike: readonly string[] = []): Promise<Played> {
  const played: Played = { asked: [], moved: [], shown: [], people: new Map([['ana', {}], ['bea', { user: 'U1' }], ['carl', { user: 'U2' }]]) }
  const door: Door = {
    name: 'graphql',
    async perform(actor, request) {
      played.asked.push([actor.name, request])
      return answer(actor, request)
    },
  }
  const stage: Stage = {
    doors: new Map([['graphql', door]]),
    inbox: new Inbox(folder, 0),
    people: played.people,
    organizations: new Map([['COMSA', 'O1']]),
    show: terminal((line) => played.shown.push(line)),
    moveClock: async (to) => void played.moved.push(to.toISOString()),
    balances: async () => ({ nothing: '0.00', of: new Map(Object.entries(held)) }),
    unlikeNetworks: async () => [...unlike],
  }
  await play(parseJourney(people + steps, 'a.yaml'), stage)
  return played
}

const fine: Answer = () => ({ result: { key: 'K1', status: 'FINE' } })
const refused: Answer = () => ({ refusal: { code: 'LOAN_STATUS', path: 'status', message: 'no' } })

describe('a step', () => {
  test('moves the clock to its local time, speaks through its door, keeps what it captures', async () => {
    const { asked, moved } = await run(`
  - { on: 2026-03-05, who: ana, do: create, with: { name: x, organization: $organizations.COMSA }, capture: { thing: key }, requestId: r1, expect: { status: FINE } }
  - { at: "17:30", who: bea, query: thing, with: { key: $thing, me: $me.user, phone: $people.carl.phone, price: $$5 } }`, fine)
    expect(moved).toEqual(['2026-03-05T16:00:00.000Z', '2026-03-05T23:30:00.000Z'])
    expect(asked).toEqual([
      ['ana', { kind: 'do', operation: 'create', with: { name: 'x', organization: 'O1' }, requestId: 'r1' }],
      ['bea', { kind: 'query', operation: 'thing', with: { key: 'K1', me: 'U1', phone: '+50499000002', price: '$5' } }],
    ])
  })

  test('is repeated for each person, and what it captures is kept for each', async () => {
    let made = 0
    const { asked, people: known, shown } = await run(`
  - { who: ana, each: all, do: lend, with: { user: $each.user }, capture: { loan: key } }
  - { who: each, each: [bea, carl], query: loan, with: { key: $each.loan } }`, (_actor, { operation }) => ({ result: { key: operation === 'lend' ? `L${++made}` : 'x' } }))
    expect(asked.map(([who, request]) => [who, request.with])).toEqual([['ana', { user: 'U1' }], ['ana', { user: 'U2' }], ['bea', { key: 'L1' }], ['carl', { key: 'L2' }]])
    expect(known.get('carl')).toMatchObject({ loan: 'L2' })
    expect(shown.join('\n')).toMatch(/ana→bea .*lend/)
  })

  test.each([
    ['a refusal that was expected', '{ who: ana, do: x, expect: { code: LOAN_STATUS, path: status } }', refused, null],
    ['a refusal at another path', '{ who: ana, do: x, expect: { code: LOAN_STATUS, path: loan } }', refused, /path: expected "loan", got "status"/],
    ['a refusal that was not expected', '{ who: ana, do: x }', refused, /refused: LOAN_STATUS at status/],
    ['a success where a refusal was expected', '{ who: ana, do: x, expect: { code: LOAN_STATUS } }', fine, /expected the refusal LOAN_STATUS, but it succeeded/],
    ['another result', '{ who: ana, do: x, expect: { status: GREAT } }', fine, /status: expected "GREAT", got "FINE"/],
    ['nothing to capture', '{ who: ana, do: x, capture: { loan: loan.key } }', fine, /has no "loan.key" to capture/],
    ['a door that there is not', '{ who: ana, door: pigeon, do: x }', fine, /there is no door "pigeon": graphql/],
    ['a value that nobody captured', '{ who: ana, each: all, do: x, with: { loan: $each.loan } }', fine, /\$each.loan stands for nothing yet/],
  ] as const)('%s', async (_name, step, answer, failure) => {
    const played = run(`\n  - ${step}`, answer)
    if (failure === null) await expect(played).resolves.toBeDefined()
    else await expect(played).rejects.toThrow(failure)
    if (failure !== null) await expect(run(`\n  - ${step}`, answer)).rejects.toThrow(/line 12: /)
  })

  test('that is to hold eventually is asked again, without one it is not', async () => {
    const growing = (): Answer => {
      let asked = 0
      return () => ({ result: { status: asked++ > 1 ? 'REPAID' : 'DISBURSED' } })
    }
    expect((await run('\n  - { who: ana, query: loan, expect: { status: REPAID }, eventually: 5s }', growing())).asked).toHaveLength(3)
    await expect(run('\n  - { who: ana, query: loan, expect: { status: REPAID } }', growing())).rejects.toThrow(/expected "REPAID"/)
  })

  test('weighs accounts', async () => {
    await run('\n  - { balances: { Coffee: { cash: "5.00", clearing: "0.00" } } }', fine, { cash: '5.00' })
    await run('\n  - { balances: { Coffee: { cash BTC: "0.00000000000", cash/BITCOIN BTC: "0.00100000000" } } }', fine, { 'cash/BITCOIN BTC': '0.00100000000' })
    await expect(run('\n  - { eventually: 0s, balances: { Coffee: { cash DOC: "1" } } }', fine)).rejects.toThrow(/cash DOC: expected 1, holds 0.00/)
    await expect(run('\n  - { eventually: 0s, balances: { Coffee: { cash: "5.00" } } }', fine, { cash: '5.00' }, ['the network holds less'])).rejects.toThrow(/line 12: the network holds less/)
    await expect(run('\n  - { eventually: 0s, balances: { Coffee: { cash: "6.00" } } }', fine, { cash: '5.00' })).rejects.toThrow(/line 12: Coffee: cash: expected 6.00, holds 5.00/)
  })
})

describe('messages', () => {
  const mail = (number: number, to: string, code: string): Promise<void> =>
    writeFile(join(folder, `20260301T10000000${number}Z-000000-sms-x.json`), JSON.stringify({ at: '2026-03-01T10:00:00.000Z', channel: 'sms', to, text: `code ${code}`, code }))

  test('a code is that of the newest message to this person, and is taken once', async () => {
    await mail(1, '+50499000001', '111111')
    await mail(2, '+504 9900-0001', '222222')
    await mail(3, '+50499000002', '333333')
    const step = '\n  - { who: ana, do: confirm, each: [bea], with: { code: $each.inbox.sms.code } }'
    const { asked } = await run(`${step}${step}`, fine)
    expect(asked.map(([, request]) => request.with['code'])).toEqual(['222222', '111111'])
    await expect(run('\n  - { who: carl, do: confirm, with: { code: $me.inbox.email.code } }', fine)).rejects.toThrow(/stands for nothing/)
  })

  test('a text can be read, too', async () => {
    await mail(1, '+50499000001', '111111')
    const { asked } = await run('\n  - { who: bea, do: x, with: { text: $me.inbox.sms.text } }', fine)
    expect(asked[0]?.[1].with).toEqual({ text: 'code 111111' })
  })
})

test('what a step says of people is noted on its way through a door', async () => {
  const evidence = emptyEvidence()
  const door = listening({ name: 'graphql', perform: async () => ({ result: null }) }, evidence)
  const actor: Actor = { name: 'ana', person: { role: 'ORIGINATOR_ADMIN' } }
  await door.perform(actor, { kind: 'do', operation: 'inviteInvestor', with: { name: 'Iris', email: 'iris@fund.example', project: 'P1' } })
  await door.perform(actor, { kind: 'do', operation: 'createProject', with: { name: 'Coffee', funding: [{ fundingAddress: '0xabc' }] } })
  await door.perform(actor, { kind: 'do', operation: 'issueVC', with: { claims: { level: 2 }, reference: 'R-1', phone: '+50499000009' } })
  expect(evidence).toMatchObject({
    names: new Set(['Iris']), emails: new Set(['iris@fund.example']), addresses: new Set(['0xabc']), references: new Set(['R-1']), phones: new Set(['+50499000009']), claims: [{ level: 2 }],
  })
})

test('progress can be read by a program', () => {
  const lines: string[] = []
  const show = json((line) => lines.push(line))
  show.journey('a day')
  show.findings('books', ['x'])
  show.end(false, 12)
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    { event: 'journey', name: 'a day' }, { event: 'audit', title: 'books', ok: false, findings: ['x'] }, { event: 'end', ok: false, milliseconds: 12 },
  ])
})
