import { confirmation, type DarajaServer, type Paid, startDaraja } from '@growr/mobilemoney/testing'
import { csvText } from '@growr/service'
import type { Actor, Door, Outcome, Request } from './door.ts'
import { type Fields, invalid, unreadable } from './fields.ts'

/** The organization's account at the provider, as `setMobileMoney` names it. */
export const ACCOUNT = { shortCode: '600984', key: 'journey-key', secret: 'journey-secret' } as const

/** Money that came in or went out at the provider. */
interface Moved extends Paid {
  readonly direction: 'IN' | 'OUT'
}

const MOODS: readonly string[] = ['well', 'dead', 'busy', 'closed', 'nonsense'] satisfies DarajaServer['mood'][]

const OPERATIONS: Readonly<Record<string, { readonly kind: Request['kind']; readonly fields: Fields }>> = {
  pay: { kind: 'do', fields: { 'code!': 'text', 'amount!': 'text', reference: 'text', listed: 'yes or no' } },
  list: { kind: 'do', fields: { 'reference!': 'text' } },
  withdraw: { kind: 'do', fields: { 'amount!': 'text', reference: 'text' } },
  callback: { kind: 'do', fields: { 'to!': 'text', 'reference!': 'text', amount: 'text', code: 'text', times: 'number' } },
  forge: { kind: 'do', fields: { 'to!': 'text', 'reference!': 'text', 'amount!': 'text', 'code!': 'text', times: 'number' } },
  become: { kind: 'do', fields: { 'mood!': 'text' } },
  statement: { kind: 'query', fields: { without: 'texts', amounts: 'texts by name', failed: 'texts' } },
}

/** As the portal of M-PESA exports it. */
const COLUMNS = ['Receipt No.', 'Completion Time', 'Initiation Time', 'Details', 'Transaction Status', 'Paid In', 'Withdrawn', 'Balance', 'Balance Confirmed', 'Reason Type', 'Other Party Info', 'Linked Transaction ID', 'A/C No.']
const EAST_AFRICA = 3 * 3_600_000

/**
 * The provider of mobile money and its customers: a server on this machine that the node asks what came in, as it asks Safaricom's
 * Daraja. `pay` moves money at the provider (`listed: false`: its list does not show it until `list`), `callback` has the provider tell
 * the node, and `forge` somebody who is not the provider; `withdraw` takes money out, `become` changes how the provider answers,
 * `statement` is the file of its portal.
 */
export class MobileMoneyDoor implements Door {
  readonly name = 'mobile-money'
  readonly #server: DarajaServer
  readonly #now: () => Date
  readonly #moved = new Map<string, Moved>()
  #node: () => string = () => ''

  private constructor(server: DarajaServer, now: () => Date) {
    this.#server = server
    this.#now = now
  }

  /** `now` is what the clocks of everybody show. */
  static async open(now: () => Date): Promise<MobileMoneyDoor> {
    return new MobileMoneyDoor(await startDaraja(ACCOUNT), now)
  }

  /** Where the node finds the provider. */
  get url(): string {
    return this.#server.url
  }

  /** Where the provider finds the node. */
  connect(node: () => string): void {
    this.#node = node
  }

  close(): Promise<void> {
    return this.#server.close()
  }

  async perform(_actor: Actor, { kind, operation, with: given }: Request): Promise<Outcome> {
    const known = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined
    if (known?.kind !== kind) return invalid(`the provider has ${Object.entries(OPERATIONS).map(([name, each]) => `\`${each.kind}: ${name}\``).join(', ')}, not \`${kind}: ${operation}\``)
    const problem = unreadable(operation, given, known.fields)
    if (problem) return problem
    const said = given as { reference?: string; amount?: string; code?: string; to?: string; times?: number; listed?: boolean; mood?: string; without?: string[]; amounts?: Record<string, string>; failed?: string[] }
    const { reference = `RKL51ZD${String(this.#moved.size + 1).padStart(3, '0')}`, amount = '', code = '', listed = true } = said
    if (operation === 'pay' || operation === 'withdraw') return this.#move({ transactionId: reference, amount, billreference: code, at: this.#now(), direction: operation === 'pay' ? 'IN' : 'OUT' }, listed)
    if (operation === 'become') {
      if (!MOODS.includes(said.mood ?? '')) return invalid(`the provider may become ${MOODS.join(', ')}`)
      this.#server.mood = said.mood as DarajaServer['mood']
      return { result: { mood: said.mood } }
    }
    if (operation === 'statement') return this.#statement(said)
    const { to = '', times = 1 } = said
    if (operation === 'forge') return this.#post(to, { transactionId: reference, amount, billreference: code, at: this.#now() }, times)
    const moved = this.#moved.get(reference)
    if (moved?.direction !== 'IN') return invalid(`nobody has paid ${reference}; \`forge\` is for what never was`)
    if (operation === 'list') {
      if (!this.#server.paid.includes(moved)) this.#server.paid.push(moved)
      return { result: shown(moved) }
    }
    return this.#post(to, { ...moved, ...(said.amount === undefined ? {} : { amount }), ...(said.code === undefined ? {} : { billreference: code }) }, times)
  }

  #move(moved: Moved, listed: boolean): Outcome {
    if (this.#moved.has(moved.transactionId)) return invalid(`the provider has given the name ${moved.transactionId} to another payment`)
    this.#moved.set(moved.transactionId, moved)
    if (listed && moved.direction === 'IN') this.#server.paid.push(moved)
    return { result: shown(moved) }
  }

  /** Several at once, as a provider does that got no answer in time. */
  async #post(path: string, paid: Paid, times: number): Promise<Outcome> {
    const url = new URL(path, this.#node())
    if (url.origin !== new URL(this.#node()).origin) return invalid(`${path} leads away from the node`)
    const body = JSON.stringify(confirmation(paid))
    const answers = await Promise.all(Array.from({ length: times }, () => fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body, redirect: 'error' }).then(async (response) => ({ status: response.status, body: (await response.json()) as unknown }))))
    const bad = answers.find(({ status }) => status !== 200)
    if (!bad) return { result: { status: 200, times, body: answers[0]?.body } }
    const { code = `HTTP_${bad.status}`, path: at } = ((bad.body as { errors?: { extensions?: { code?: string; path?: string } }[] }).errors?.[0]?.extensions ?? bad.body ?? {}) as { code?: string; path?: string }
    return { refusal: { code, ...(at === undefined ? {} : { path: at }) } }
  }

  #statement({ without = [], amounts = {}, failed = [] }: { without?: string[]; amounts?: Record<string, string>; failed?: string[] }): Outcome {
    const stranger = [...without, ...Object.keys(amounts), ...failed].find((reference) => !this.#moved.has(reference))
    if (stranger !== undefined) return invalid(`the provider has no payment ${stranger}`)
    const rows = [...this.#moved.values()].filter(({ transactionId }) => !without.includes(transactionId)).toSorted((a, b) => a.at.getTime() - b.at.getTime()).map(({ transactionId, amount: moved, billreference, at, direction }) => {
      const time = new Date(at.getTime() + EAST_AFRICA).toISOString().slice(0, 19).replace('T', ' ')
      const amount = amounts[transactionId] ?? moved
      const details = direction === 'IN' ? 'Pay Bill Online' : 'Organization Settle to Bank'
      return [transactionId, time, time, details, failed.includes(transactionId) ? 'Failed' : 'Completed', direction === 'IN' ? amount : '', direction === 'OUT' ? `-${amount}` : '', '', 'true', details, '', '', billreference]
    })
    return { result: { csv: `Organization Name:,Journey\n\n${csvText(COLUMNS, rows)}`, lines: rows.length } }
  }
}

const shown = ({ transactionId, amount, billreference, at }: Moved) => ({ reference: transactionId, amount, account: billreference, at: at.toISOString() })
