import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { JourneyInvalid, parseJourney } from './document.ts'

const sound = `name: a day
start: 2026-03-01
timezone: America/Tegucigalpa
people:
  olga: { role: NODE_OPERATOR }
  ana: { role: ORIGINATOR_ADMIN, organization: COMSA, email: ana@comsa.example }
  bea: { role: BORROWER, organization: COMSA, phone: "+50499000001" }
groups:
  all: [bea]
steps:
  - { who: ana, query: issuer, capture: { issuer: did } }
  - { on: 2026-03-05, who: ana, each: all, do: issueVC, with: { user: $each.user, issuer: $issuer, organization: $organizations.COMSA } }
balances: { Coffee: { cash: "0.00" } }
`

/** The findings of a text, or none. */
function findings(text: string): readonly string[] {
  try {
    parseJourney(text, 'a.yaml')
    return []
  } catch (error) {
    expect(error).toBeInstanceOf(JourneyInvalid)
    return (error as JourneyInvalid).findings
  }
}

const replaced = (from: string | RegExp, to: string): readonly string[] => findings(sound.replace(from, to))

test('a sound journey is read, with the line of each step', () => {
  const journey = parseJourney(sound, 'a.yaml')
  expect(journey.steps.map(({ line }) => line)).toEqual([11, 12])
  expect(journey).toMatchObject({ name: 'a day', start: '2026-03-01', timezone: 'America/Tegucigalpa', groups: { all: ['bea'] } })
})

test('the journeys that are shipped are sound', () => {
  const file = fileURLToPath(new URL('../../../journeys/coffee-cooperative.yaml', import.meta.url))
  expect(Object.keys(parseJourney(readFileSync(file, 'utf8'), file).people)).toHaveLength(30)
})

test('what the phone and the provider of mobile money do not know is named', () => {
  const step = (rest: string): readonly string[] => replaced('  - { who: ana, query: issuer, capture: { issuer: did } }', `  - { who: ana, query: issuer, capture: { issuer: did } }\n  - { who: bea, ${rest} }`)
  for (const rest of ['door: ussd, do: dial', 'door: ussd, do: dial, with: { gateway: laststep }', 'door: ussd, do: enter, with: { keys: ["1", $issuer] }', 'door: ussd, query: sms', 'door: mobile-money, do: pay, with: { code: x, amount: "1.00" }', 'door: mobile-money, query: statement']) expect(step(rest), rest).toEqual([])
  expect(step('door: ussd, do: dial, with: { gatway: laststep }')).toEqual(['line 12: steps.1.with: unknown key "gatway"'])
  expect(step('door: ussd, do: hangUp, with: { phone: "1" }')).toEqual(['line 12: steps.1.with: unknown key "phone"'])
  expect(step('door: ussd, do: enter')).toEqual(["line 12: steps.1: must have required property 'with'"])
  expect(step('door: ussd, do: enter, with: { keys: [4827] }')).toEqual(['line 12: steps.1.with.keys.0: must be string'])
  expect(step('door: ussd, do: call')).toEqual(['line 12: steps.1.do: must be equal to one of the allowed values'])
  expect(step('door: mobile-money, do: callback, with: { to: /x, reference: R, often: 2 }')).toEqual(['line 12: steps.1.with: unknown key "often"'])
  expect(step('door: mobile-money, do: pay, with: { code: x }')).toEqual(["line 12: steps.1.with: must have required property 'amount'"])
  expect(step('door: mobile-money, do: become, with: { mood: sad }')).toEqual(['line 12: steps.1.with.mood: must be equal to one of the allowed values'])
})

test('what the payment networks do not know is named, and each door needs its network', () => {
  const step = (rest: string, head = 'networks: [bitcoin, lightning, rootstock]\nrates: { BTC/HNL: "2500000.00" }'): readonly string[] =>
    findings(sound.replace('start: 2026-03-01', `start: 2026-03-01\n${head}`).replace('  - { who: ana, query: issuer, capture: { issuer: did } }', `  - { who: ana, query: issuer, capture: { issuer: did } }\n  - { who: bea, ${rest} }`))
  for (const rest of [
    'door: bitcoin, do: mine', 'door: bitcoin, do: mine, with: { blocks: 50 }', 'door: bitcoin, do: reorganise, with: { blocks: 1, payments: again }', 'door: bitcoin, do: pay, with: { to: $issuer, amount: "0.1" }', 'door: bitcoin, do: signPsbt, with: { psbt: x }',
    'door: lightning, do: newInvoice, with: { amount: "0.1" }', 'door: lightning, query: received, with: { invoice: x }', 'door: rootstock, do: pay, with: { to: x, amount: "1", currency: RBTC }', 'door: rates, do: set, with: { BTC/HNL: "1" }',
  ]) expect(step(rest), rest).toEqual([])
  expect(step('door: bitcoin, do: mine, with: { block: 3 }')).toEqual(['line 14: steps.1.with: unknown key "block"'])
  expect(step('door: bitcoin, do: mine, with: { blocks: "3" }')).toEqual(['line 14: steps.1.with.blocks: must be integer'])
  expect(step('door: bitcoin, do: pay, with: { to: x, amount: 0.1 }')).toEqual(['line 14: steps.1.with.amount: must be string'])
  expect(step('door: bitcoin, do: reorganise, with: { blocks: 1, payments: gone }')).toEqual(['line 14: steps.1.with.payments: must be equal to one of the allowed values'])
  expect(step('door: bitcoin, do: newKey, with: { kind: p2tr }')).toEqual(['line 14: steps.1.with: unknown key "kind"'])
  expect(step('door: bitcoin, do: signPsbt')).toEqual(["line 14: steps.1: must have required property 'with'"])
  expect(step('door: lightning, do: openChannel, with: { peer: x, address: y }')).toEqual(["line 14: steps.1.with: must have required property 'capacity'"])
  expect(step('door: lightning, do: mine')).toEqual(['line 14: steps.1.do: must be equal to one of the allowed values'])
  expect(step('door: rootstock, do: pay, with: { to: x, amount: "1", currency: BTC }')).toEqual(['line 14: steps.1.with.currency: must be equal to one of the allowed values'])
  expect(step('door: rates, do: set, with: { BTC/HNL: 1 }')).toEqual(['line 14: steps.1.with.BTC/HNL: must be string'])
  expect(step('query: me', 'networks: [dogecoin]')).toEqual(['line 3: networks.0: must be equal to one of the allowed values'])
  expect(step('query: me', 'networks: [bitcoin]\nrates: { BTC/HNL: 2500000 }')).toEqual(['line 4: rates.BTC/HNL: must be string'])
  expect(step('door: lightning, query: received, with: { invoice: x }', 'networks: [bitcoin]')).toEqual(['line 13: the door lightning needs `networks: [lightning]` in the head of the journey'])
  expect(step('door: bitcoin, do: mine', 'networks: [rootstock]')).toEqual(['line 13: the door bitcoin needs `networks: [bitcoin]` in the head of the journey'])
  expect(step('door: bitcoin, do: mine', 'networks: [lightning]')).toEqual([])
})

describe('each thing that is wrong is named by its line', () => {
  test.each([
    ['an unknown key of the journey', 'start: 2026-03-01', 'start: 2026-03-01\nends: 2026-04-01', 'line 1: the file: unknown key "ends"'],
    ['an unknown key of a person', 'role: NODE_OPERATOR', 'role: NODE_OPERATOR, shoe: 42', 'line 5: people.olga: unknown key "shoe"'],
    ['an unknown key of a step', 'query: issuer,', 'query: issuer, then: rest,', 'line 11: steps.0: unknown key "then"'],
    ['a role that there is not', 'role: BORROWER', 'role: LENDER', 'line 7: people.bea.role: must be equal to one of the allowed values'],
    ['a missing start', 'start: 2026-03-01\n', '', 'line 1: the file: must have required property \'start\''],
    ['a start that is no day', '2026-03-01', '2026-02-30', 'line 2: 2026-02-30 is no day of the calendar'],
    ['a time zone that there is not', 'America/Tegucigalpa', 'Tegucigalpa', 'line 3: Tegucigalpa is no time zone of the IANA database, such as America/Tegucigalpa'],
    ['a borrower without a phone', ', phone: "+50499000001"', '', 'line 7: people.bea: a BORROWER needs a phone'],
    ['an admin without an organization', 'organization: COMSA, email', 'email', 'line 6: people.ana: a ORIGINATOR_ADMIN needs an organization'],
    ['a group with a stranger', 'all: [bea]', 'all: [bea, carl]', 'line 9: groups.all: there is no person "carl"'],
    ['a group that is called as a person', 'all: [bea]', 'ana: [bea]', 'line 9: groups.ana: a person has this name already'],
    ['a step by nobody known', 'who: ana, query', 'who: anna, query', 'line 11: there is no person "anna"'],
    ['a step by nobody', 'who: ana, query', 'query', 'line 11: steps.0: must have required property \'who\''],
    ['each without an each', 'who: ana, query', 'who: each, query', 'line 11: `who: each` needs an `each`'],
    ['a turn of nobody known', 'each: all', 'each: some', 'line 12: there is no person or group "some"'],
    ['a step back in time', 'on: 2026-03-05', 'on: 2026-02-05', 'line 12: 2026-02-05 lies before 2026-03-01: time does not run backwards'],
    ['a day that there is not', 'on: 2026-03-05', 'on: 2026-03-35', 'line 12: 2026-03-35 is no day of the calendar'],
    ['a time that there is not', 'on: 2026-03-05', 'on: 2026-03-05, at: "25:00"', 'line 12: 25:00 is no time of the day'],
    ['a reference to nothing', '$issuer', '$isuer', 'line 12: $isuer stands for nothing yet: capture it in an earlier step (write $$ for a text that begins with $)'],
    ['a turn\'s reference outside of a turn', 'each: all, ', '', 'line 12: $each.user needs an `each`'],
    ['a person that there is not in a reference', '$each.user', '$people.carl.user', 'line 12: $people.carl.user: there is no person "carl"'],
    ['an organization that there is not', '$organizations.COMSA', '$organizations.ACME', 'line 12: $organizations.ACME: nobody is of an organization of this name'],
    ['accounts that there are not', 'cash: "0.00"', 'cach: "0.00"', 'line 13: balances.Coffee: there are no accounts "cach"; there are cash, receivable, clearing, suspense, capital, payable, income, expense, exchange'],
    ['a balance that is a number', 'cash: "0.00"', 'cash: 0.00', 'line 13: balances.Coffee.cash: must be string'],
    ['a repetition of a query until it holds, without a query', 'do: issueVC', 'do: issueVC, eventually: 5s', 'line 12: steps.1: must have required property \'query\''],
  ])('%s', (_name, from, to, finding) => {
    expect(replaced(from, to)).toContain(finding)
  })

  test('a key that comes twice', () => {
    expect(replaced('start: 2026-03-01', 'start: 2026-03-01\nstart: 2026-03-02')[0]).toMatch(/unique.* at line 3/)
  })

  test('text that is no YAML', () => {
    expect(findings('name: [')[0]).toMatch(/line 1/)
  })

  test('several things are named at once', () => {
    expect(findings(sound.replace('who: ana, query', 'who: anna, query').replace('all: [bea]', 'all: [carl]'))).toHaveLength(2)
  })
})

describe('what is hostile is refused, too', () => {
  test('aliases that grow without end', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]', ...'bcdefgh'.split('').map((name, index) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefgh'[index]}`).join(', ')}]`)].join('\n')
    expect(findings(bomb).join()).toMatch(/alias/)
  })

  test('a text that is too large', () => {
    expect(findings('#'.repeat(2_000_001))).toEqual(['it is larger than 2000000 characters'])
  })

  test('keys of objects themselves', () => {
    expect(findings(sound.replace('who: ana, query', 'who: constructor, query'))).toContain('line 11: there is no person "constructor"')
    expect(findings(sound.replace('steps:', '__proto__: { polluted: true }\nsteps:'))).not.toEqual([])
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  test('any text at all gives a journey or findings', () => {
    const piece = fc.constantFrom('name: x\n', 'start: 2026-01-01\n', 'people: ', '{', '}', '[', ']', '- ', 'steps:\n', '&a', '*a', ': ', '"', '\n', '  ', '!!js/function', '<<: *a', '\u0000', '#')
    fc.assert(fc.property(fc.oneof(fc.string({ maxLength: 200 }), fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''))), (text) => {
      findings(text)
    }), { numRuns: 300 })
  })
})
