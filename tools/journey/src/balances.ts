import type { Actor, Door } from './doors/door.ts'

/** What the accounts of a project hold: by account and by class of accounts, and what nothing looks like in its currency. */
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
  readonly balance: string
}

/**
 * Sums accounts into their classes: `cash/BANK/<organization>/<project>` counts for `cash`, `cash/BANK` and
 * `cash/BANK/<organization>`. Exact: decimals of one currency, summed as digits.
 */
export function sumClasses(accounts: readonly Account[]): Held {
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

/** Asks, through a public door, what the accounts of a project hold. `admins`: one of each organization, with its id. */
export async function balancesOf(door: Door, admins: readonly { readonly actor: Actor; readonly organization: string }[], project: string): Promise<Held> {
  for (const { actor, organization } of admins) {
    const key = await keyOf(door, actor, organization, project)
    if (key === undefined) continue
    return sumClasses((await ask(door, actor, 'projectAccounts', { key })) as readonly Account[])
  }
  throw new Error(`no organization of the journey has a project "${project}"`)
}

async function keyOf(door: Door, actor: Actor, organization: string, name: string): Promise<string | undefined> {
  for (let after: string | undefined; ;) {
    const page = (await ask(door, actor, 'projects', { organization, first: PAGE, ...(after === undefined ? {} : { after }) })) as {
      readonly nodes: readonly { readonly key: string; readonly name: string }[]
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
    }
    const found = page.nodes.find((node) => node.name === name)
    if (found) return found.key
    if (!page.pageInfo.hasNextPage) return undefined
    after = page.pageInfo.endCursor ?? undefined
  }
}

async function ask(door: Door, actor: Actor, operation: string, fields: Readonly<Record<string, unknown>>): Promise<unknown> {
  const outcome = await door.perform(actor, { kind: 'query', operation, with: fields })
  if ('refusal' in outcome) throw new Error(`${operation}: ${outcome.refusal.code} ${outcome.refusal.message ?? ''}`)
  return outcome.result
}
