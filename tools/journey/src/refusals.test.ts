import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { catalogue, type Code, isCode } from '@growr/contracts'
import { expect, test } from 'vitest'
import { readJourney } from './document.ts'

// Whoever adds a code to the catalogue says here how somebody meets it: by a step of journeys/refusals*.yaml that expects it, or,
// where nobody can, by a line below with the reason.

/** Met in a journey of their own, since a node must be restored for them, or have payment networks. */
const elsewhere: Partial<Record<Code, string>> = {
  CURSOR_AHEAD: 'restore.yaml',
  SENDING_OFF: 'restore.yaml',
  ADDRESS_MISSING: 'bitcoin.yaml',
  ADDRESS_FOREIGN: 'bitcoin.yaml',
  DUST: 'bitcoin.yaml',
  FEE_ABOVE_CEILING: 'bitcoin.yaml',
  INVOICE_AMOUNT: 'lightning.yaml',
  ADDRESS_INVALID: 'rootstock.yaml',
  EXCHANGE_OPEN: 'mixed-rails.yaml',
  KEY_INVALID: 'multisig.yaml',
  PSBT_INVALID: 'multisig.yaml',
  PSBT_OTHER: 'multisig.yaml',
}

/** Codes that no step of a journey can bring about, and why. */
const unmet: Partial<Record<Code, string>> = {
  // Faults of the machine or inside of the node, which a user cannot cause; each has its test with the fault planted.
  CONFIG_INVALID: 'the node does not start with such a configuration',
  INTERNAL: 'a fault in the program',
  STORE_FAILED: 'the disk refused a write',
  TIMED_OUT: 'the node was too slow',
  UNAVAILABLE: 'a part of the node does not run',
  CALL_TOKEN_INVALID: 'calls between the groups inside of the node carry it, and no door takes one from outside',
  // By the machine's clock, which no journey moves.
  TOKEN_EXPIRED: 'an access token lives a quarter of an hour of real time, and a client refreshes it before anybody sees this',
  // Of another issuer, whose keys and status lists no journey has: the node's own are always at hand.
  STATUS_UNKNOWN: 'the status list of a credential cannot be had',
  CREDENTIAL_NOT_YET_VALID: 'what the node issues is valid from now on',
  // What the node itself sees to.
  PROVIDER_UNAVAILABLE: 'what a provider reported is kept and asked about again; nobody waits for its answer',
  NETWORK_UNSUPPORTED: 'no action asks a network for what it cannot do',
  NO_ROUTE: 'a payment that nobody on Lightning carries fails with it as its reason, after it was registered',
  NETWORK_SYNCING: 'a network\'s node that is behind its chain: libs/bitcoin and libs/rootstock have its tests',
  NETWORK_REFUSED: 'a network\'s node that refuses what was built rightly: libs/bitcoin has its test',
  PAYMENT_AMOUNT: 'the amount of a payout is the node\'s own figure; the loan checks it all the same',
}

/** Met at a node with real networks behind it, by its own test. */
const atNetworks: Partial<Record<Code, string>> = { RATE_UNKNOWN: 'exchange', NETWORK_DOWN: 'exchange', INVOICE_PAID: 'lightning', INVOICE_EXPIRED: 'lightning' }

const folder = new URL('../../../journeys/', import.meta.url)
const journey = (file: string) => readJourney(fileURLToPath(new URL(file, folder)))

/** The codes of the catalogue that the steps of a journey expect, as often as they do. */
async function expectedIn(file: string): Promise<Code[]> {
  const { steps } = await journey(file)
  return steps.flatMap(({ expect: wanted }) => {
    const { code } = Object(wanted) as { code?: unknown }
    return isCode(code) ? [code] : []
  })
}

const files = globSync('refusals*.yaml', { cwd: folder }).toSorted()
const met = (await Promise.all(files.map(expectedIn))).flat()

test('every code of the catalogue is met in a journey, or it is said why nobody can meet it', () => {
  const missing = Object.keys(catalogue).filter((code) => isCode(code) && !met.includes(code) && !(code in unmet) && !(code in elsewhere) && !(code in atNetworks))
  expect(missing).toEqual([])
})

test('each is met once', () => {
  expect(met.filter((code, index) => met.indexOf(code) !== index)).toEqual([])
})

test('what is said to be met by nobody, or elsewhere, is met in none of them', () => {
  expect(met.filter((code) => code in unmet || code in elsewhere || code in atNetworks)).toEqual([])
  expect(Object.keys(unmet).filter((code) => code in elsewhere)).toEqual([])
})

test.each(Object.entries(elsewhere))('%s is met in %s', async (code, file) => {
  expect(await expectedIn(file)).toContain(code)
})

test.each(Object.entries(atNetworks))('%s is met at a node with %s', (code, of) => {
  expect(readFileSync(new URL(`../../../apps/node/src/networks/${of}.test.ts`, import.meta.url), 'utf8')).toContain(`code: '${code}'`)
})

test('both lists name codes of the catalogue, each with its reason', () => {
  const lines = [...Object.entries(unmet), ...Object.entries(elsewhere)]
  expect(lines.filter(([code, reason]) => !isCode(code) || (reason ?? '').length < 5)).toEqual([])
})
