import type { Actor, Door } from './doors/door.ts'

/**
 * What the accounts of a project hold, by account and by class of accounts, and what nothing looks like in its currency. In another
 * currency than the project's the name of the currency follows: `cash`, `cash BTC`.
 */
export interface Held {
  readonly nothing: string
  readonly of: ReadonlyMap<string, string>
}

/** The classes that a balance may begin with. */
export const ACCOUNT_CLASSES = ['cash', 'receivable', 'clearing', 'suspense', 'capital', 'payable', 'income', 'expense', 'exchange'] as const

/** A project comes with all its terms: a long page would cost more than the API allows. */
const PAGE = 20

interface Account {
  readonly account: string
  readonly currency: string
  readonly balance: string
}

/**
 * Sums accounts into their classes: `cash/BANK/<organization>/<project>` counts for `cash`, `cash/BANK` and
 * `cash/BANK/<organization>`. Each currency by itself.
 */
export function sumClasses(accounts: readonly Account[], own: string): Held {
  const others = new Set(accounts.map(({ currency }) => currency).filter((currency) => currency !== own))
  const { nothing, of } = sumsOf(accounts.filter(({ currency }) => currency === own))
  const foreign = [...others].flatMap((code) => [...sumsOf(accounts.filter(({ currency }) => currency === code)).of].map(([name, held]): [string, string] => [`${name} ${code}`, held]))
  return { nothing, of: new Map([...of, ...foreign]) }
}

/** Exact: decimals of one currency, summed as digits. */
function sumsOf(accounts: readonly Account[]): Held {
  const decimals = Math.max(0, ...accounts.map(({ balance }) => fraction(balance).length))
  const sums = new Map<string, bigint>()
  for (const { account, balance } of accounts) {
    const parts = account.split('/').slice(0, -1)
    const digits = toDigits(balance, decimals)
    for (let length = 1; length <= parts.length; length++) {
      const name = parts.slice(0, length).join('/')
      sums.set(name, (sums.get(name) ?? 0n) + digits)
    }
  }
  return { nothing: toDecimal(0n, decimals), of: new Map([...sums].map(([name, digits]) => [name, toDecimal(digits, decimals)])) }
}

const fraction = (decimal: string): string => decimal.split('.')[1] ?? ''
const toDigits = (decimal: string, decimals: number): bigint => BigInt(decimal.replace('.', '') + '0'.repeat(decimals - fraction(decimal).length))

function toDecimal(digits: bigint, decimals: number): string {
  const text = (digits < 0n ? -digits : digits).toString().padStart(decimals + 1, '0')
  const whole = text.slice(0, text.length - decimals)
  return `${digits < 0n ? '-' : ''}${whole}${decimals > 0 ? `.${text.slice(-decimals)}` : ''}`
}

/** Who may look at an organization's accounts: one of its admins, with its id. */
export type Admins = readonly { readonly actor: Actor; readonly organization: string }[]

/** Asks, through a public door, what the accounts of a project hold. */
export async function balancesOf(door: Door, admins: Admins, project: string): Promise<Held> {
  for (const { actor, organization } of admins) {
    const found = (await projectsOf(door, actor, organization)).find(({ name }) => name === project)
    if (found) return sumClasses((await ask(door, actor, 'projectAccounts', { key: found.key })) as readonly Account[], found.currency)
  }
  throw new Error(`no organization of the journey has a project "${project}"`)
}

/**
 * Where what a project's books say of its coins is not what the networks themselves say of its wallets, to the unit, through public
 * doors: what is on its way in does not count, and what a send holds back does. For when nothing is under way.
 */
export async function unlikeNetworks(door: Door, admins: Admins): Promise<string[]> {
  const problems: string[] = []
  for (const { actor, organization } of admins) {
    for (const { key, name } of await projectsOf(door, actor, organization)) {
      const accounts = (await ask(door, actor, 'projectAccounts', { key })) as readonly Account[]
      const wallets = (await ask(door, actor, 'networkBalances', { project: key })) as readonly Wallet[]
      const books = accounts.flatMap(({ account, currency, balance }) => {
        const rail = /^cash\/(BITCOIN|LIGHTNING|ROOTSTOCK)\//.exec(account)?.[1]
        return rail === undefined ? [] : [{ of: `${rail} ${currency}`, amount: balance }]
      })
      const held = wallets.flatMap(({ network, currency, confirmed, locked }) => [confirmed, ...locked.map(({ amount }) => amount)].map((amount) => ({ of: `${network.toUpperCase()} ${currency}`, amount })))
      for (const of of new Set([...books, ...held].map((one) => one.of))) {
        const [said, there] = [books, held].map((list) => total(list.filter((one) => one.of === of).map(({ amount }) => amount)))
        if (said !== there) problems.push(`${name}: ${of}: the books hold ${said}, the network ${there}`)
      }
    }
  }
  return problems
}

/** The most decimals that a coin has. */
const MOST_DECIMALS = 18
const total = (amounts: readonly string[]): string => toDecimal(amounts.reduce((sum, amount) => sum + toDigits(amount, MOST_DECIMALS), 0n), MOST_DECIMALS).replace(/\.?0+$/, '')

interface Wallet {
  readonly network: string
  readonly currency: string
  readonly confirmed: string
  readonly locked: readonly { readonly amount: string }[]
}

interface Project {
  readonly key: string
  readonly name: string
  readonly currency: string
}

async function projectsOf(door: Door, actor: Actor, organization: string): Promise<Project[]> {
  const found: Project[] = []
  for (let after: string | undefined; ;) {
    const page = (await ask(door, actor, 'projects', { organization, first: PAGE, ...(after === undefined ? {} : { after }) })) as {
      readonly nodes: readonly Project[]
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
    }
    found.push(...page.nodes)
    if (!page.pageInfo.hasNextPage) return found
    after = page.pageInfo.endCursor ?? undefined
  }
}

async function ask(door: Door, actor: Actor, operation: string, fields: Readonly<Record<string, unknown>>): Promise<unknown> {
  const outcome = await door.perform(actor, { kind: 'query', operation, with: fields })
  if ('refusal' in outcome) throw new Error(`${operation}: ${outcome.refusal.code} ${outcome.refusal.message ?? ''}`)
  return outcome.result
}
