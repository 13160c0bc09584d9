import { createHash } from 'node:crypto'
import type { Chain } from '@growr/bitcoin'
import { NetworkError, type FeeEstimate, type Send, type Sent } from '@growr/networks'
import { AccountsStore, btc } from './accounts.store.ts'
import { readInvoice } from './bolt11.ts'
import { readOffer } from './bolt12.ts'
import type { LightningNode, NodeEvent } from './node.ts'

/** What each wallet gives to a send, its part of the highest fee included. */
type Part = readonly [wallet: string, msat: string]

/** Where it goes, and who gives how much. */
interface Plan {
  readonly amount: bigint
  readonly maxFee: bigint
  readonly parts: readonly Part[]
  readonly hash: string | null
  /** The wallet of ours that gets it. */
  readonly inside: string | null
  /** Of an invoice or an offer of ours. */
  readonly tag: string | null
}

const INSIDE = 'wallet:'

/** Money that leaves the accounts: to an invoice or an offer outside, to one of our own, or to another account. */
export class AccountSends {
  readonly #store: AccountsStore
  readonly #node: LightningNode
  #settling: Promise<void> | undefined
  /** Sends that the node is being asked for in this moment, by id. */
  readonly #handing = new Map<string, Promise<void>>()
  on = true

  constructor(store: AccountsStore, node: LightningNode) {
    this.#store = store
    this.#node = node
  }

  /** What is put aside for sends that have no final answer, by wallet. */
  reserved(): Map<string, bigint> {
    const sums = new Map<string, bigint>()
    for (const row of this.#store.all("SELECT parts FROM send WHERE status IN ('PENDING', 'UNKNOWN')")) {
      for (const [wallet, msat] of JSON.parse(String(row['parts'])) as Part[]) sums.set(wallet, (sums.get(wallet) ?? 0n) + BigInt(msat))
    }
    return sums
  }

  sent(id: string): Sent | null {
    const row = this.#store.get('SELECT * FROM send WHERE id = ?', id)
    return row === undefined ? null : {
      id, status: row['status'] as Sent['status'], amount: btc(BigInt(String(row['amount']))), fee: btc(BigInt(String(row['fee']))), proof: row['proof'] as string | null, reason: row['reason'] as string | null,
    }
  }

  async check(send: Send): Promise<FeeEstimate> {
    const { maxFee, inside } = this.#plan(send)
    const { chain } = await this.#node.info()
    const text = invoiceIn(send.to)
    // What the node would refuse as well, said before anything is registered.
    const at = { chain: chain as Chain, now: new Date() }
    if (inside === null) void (text.startsWith('lno1') ? readOffer(text, at) : readInvoice(text, at))
    return { fee: btc(maxFee < 1_000n ? maxFee : 1_000n), rate: '1000' }
  }

  /** Money is put aside for one after the other; the node is asked for many at once. */
  async send(send: Send): Promise<Sent> {
    const { id } = send
    const request = digestOf(send)
    for (;;) {
      // What is settled inside has decided whose money it takes.
      while (this.#settling) await this.#settling.catch(() => undefined)
      const known = this.#store.get('SELECT request FROM send WHERE id = ?', id)
      if (known) {
        if (known['request'] !== request) throw new NetworkError('NETWORK_ID_REUSED', 'this was sent with something else: take another id')
        const handing = this.#handing.get(id)
        if (handing === undefined) break
        // Where the other call with this id is refused, this one is asked for anew.
        if (await handing.then(() => true, () => false)) break
        continue
      }
      const plan = this.#plan(send)
      if (plan.inside === null) await this.#start(send, request, plan)
      else await (this.#settling = this.#settleInside(send, request, plan, plan.inside).finally(() => { this.#settling = undefined }))
      break
    }
    return this.sent(id) as Sent
  }

  /** Stores a new send, with what it may cost put aside, and asks the node for it. What that refuses is as if it had not been asked for. */
  #start({ id, to }: Send, request: string, { amount, maxFee, parts, hash }: Plan): Promise<void> {
    const store = this.#store
    const handing = store.soon(() => store.run(
      "INSERT INTO send (id, request, target, amount, maxFee, parts, status, fee, proof, reason) VALUES (?, ?, ?, ?, ?, ?, 'UNKNOWN', '0', ?, NULL)",
      id, request, to, amount.toString(), maxFee.toString(), JSON.stringify(parts), hash,
    )).then(() => this.#hand(id)).catch((error: unknown) => {
      store.run('DELETE FROM send WHERE id = ?', id)
      throw error
    }).finally(() => this.#handing.delete(id))
    this.#handing.set(id, handing)
    return handing
  }

  /** Gives a stored send to the node: whatever happens in between, the same id is paid once. Throws what the node refuses for good. */
  async #hand(id: string): Promise<void> {
    const store = this.#store
    const row = store.get('SELECT target, amount, maxFee, parts FROM send WHERE id = ?', id)
    if (!row) return
    const status = await this.#node.pay({ id, to: String(row['target']), amountMsat: BigInt(String(row['amount'])), maxFeeMsat: BigInt(String(row['maxFee'])) }).then(
      () => 'PENDING' as const,
      (error: unknown) => {
        // It may have it, or may not: only its own answer says.
        if (error instanceof NetworkError && error.code === 'NETWORK_DOWN') return 'UNKNOWN' as const
        throw error
      },
    )
    await store.soon(() => {
      const before = store.get('SELECT status FROM send WHERE id = ?', id)?.['status']
      if (before !== 'UNKNOWN' && before !== 'PENDING') return
      const told = store.get("SELECT 1 AS found FROM feed WHERE json_extract(change, '$.kind') = 'SENT' AND json_extract(change, '$.id') = ? AND json_extract(change, '$.status') = ?", id, status)
      store.run('UPDATE send SET status = ? WHERE id = ?', status, id)
      if (!told) this.#tell(id, status)
    })
  }

  /** Asks again about what the node gave no answer to. */
  async resume(): Promise<void> {
    for (const row of this.#store.all("SELECT id FROM send WHERE status = 'UNKNOWN'")) {
      const id = String(row['id'])
      if (this.#handing.has(id)) continue
      try {
        await this.#hand(id)
      } catch (error) {
        const reason = error instanceof NetworkError ? error.code : 'NETWORK_REFUSED'
        if (reason === 'NETWORK_SYNCING' || reason === 'NETWORK_SENDING_OFF') continue
        this.#store.together(() => this.#end(id, 'FAILED', reason, 0n, null))
      }
    }
  }

  /** The node's final answer, within the step that takes its events. */
  settle({ id, kind, feeMsat, reason, paymentHash, preimage }: NodeEvent): void {
    this.#end(id, kind === 'SENT' ? 'CONFIRMED' : 'FAILED', reason, feeMsat, preimage ?? paymentHash)
  }

  #end(id: string, status: 'CONFIRMED' | 'FAILED', reason: string | null, fee: bigint, proof: string | null): void {
    const store = this.#store
    const row = store.get('SELECT amount, parts, status FROM send WHERE id = ?', id)
    if (!row || row['status'] === 'CONFIRMED' || row['status'] === 'FAILED') return
    store.run('UPDATE send SET status = ?, fee = ?, reason = ?, proof = coalesce(?, proof) WHERE id = ?', status, fee.toString(), reason, proof, id)
    if (status === 'CONFIRMED') {
      let left = BigInt(String(row['amount'])) + fee
      for (const [wallet, msat] of JSON.parse(String(row['parts'])) as Part[]) {
        const takes = left < BigInt(msat) ? left : BigInt(msat)
        store.move(wallet, -takes)
        left -= takes
      }
    }
    this.#tell(id, status)
  }

  #tell(id: string, status: 'PENDING' | 'UNKNOWN' | 'CONFIRMED' | 'FAILED'): void {
    const row = this.#store.get('SELECT * FROM send WHERE id = ?', id)!
    const [first] = JSON.parse(String(row['parts'])) as Part[]
    this.#store.tell({
      kind: 'SENT', id, generation: 0, wallet: first?.[0] ?? '', tag: null, status, amount: btc(BigInt(String(row['amount']))), fee: btc(status === 'CONFIRMED' ? BigInt(String(row['fee'])) : 0n),
      address: null, proof: row['proof'] as string | null, confirmations: 0, reason: row['reason'] as string | null, at: new Date(),
    })
  }

  /** An invoice of our own: it is closed to the outside first, and only then the money moves from account to account. */
  async #settleInside(send: Send, request: string, { parts, hash, tag }: Plan, to: string): Promise<void> {
    const store = this.#store
    if (hash !== null && !(await this.#node.cancelInvoice(hash))) throw new NetworkError('INVOICE_PAID', 'this invoice was paid from outside')
    const amount = send.amount.amount
    store.together(() => {
      store.run("INSERT INTO send (id, request, target, amount, maxFee, parts, status, fee, proof, reason) VALUES (?, ?, ?, ?, '0', ?, 'PENDING', '0', ?, NULL)", send.id, request, send.to, amount.toString(), JSON.stringify(parts), hash)
      if (hash !== null) store.run("UPDATE invoice SET state = 'PAID' WHERE hash = ?", hash)
      store.move(to, amount)
      store.tell({ kind: 'RECEIVED', id: hash ?? `inside:${send.id}`, generation: 0, wallet: to, tag, status: 'CONFIRMED', amount: send.amount, fee: btc(0n), address: null, proof: hash, confirmations: 0, reason: null, at: new Date() })
      this.#end(send.id, 'CONFIRMED', null, 0n, hash)
    })
  }

  /** Where it goes and who gives how much. What can be refused without the node is refused here. */
  #plan({ wallets, to, amount, maxFee, feeFromAmount }: Send): Plan {
    const store = this.#store
    if (!this.on) throw new NetworkError('NETWORK_SENDING_OFF', 'sending is off until the node has been reconciled')
    if (amount.currency !== 'BTC' || maxFee.currency !== 'BTC') throw new NetworkError('CURRENCY_UNSUPPORTED', 'Lightning carries BTC alone')
    if (feeFromAmount) throw new NetworkError('NETWORK_UNSUPPORTED', 'on Lightning the payee names the sum')
    if (amount.amount <= 0n) throw new NetworkError('DUST', 'there is nothing to pay')
    const reserved = this.reserved()
    const free = wallets.map((wallet) => [wallet, store.held(wallet) - (reserved.get(wallet) ?? 0n)] as const)
    const total = free.reduce((sum, [, msat]) => sum + (msat > 0n ? msat : 0n), 0n)
    if (total < amount.amount) throw new NetworkError('BALANCE_INSUFFICIENT', 'the wallets hold too little', { held: total.toString() })
    const { inside, hash, tag } = this.#target(to, amount.amount)
    const fee = inside !== null ? 0n : total - amount.amount < maxFee.amount ? total - amount.amount : maxFee.amount
    let left = amount.amount + fee
    const parts: Part[] = []
    for (const [wallet, msat] of free) {
      const takes = msat <= 0n ? 0n : left < msat ? left : msat
      if (takes > 0n) parts.push([wallet, takes.toString()])
      left -= takes
    }
    return { amount: amount.amount, maxFee: fee, parts, inside, hash, tag }
  }

  #target(to: string, amount: bigint): Pick<Plan, 'inside' | 'hash' | 'tag'> {
    const store = this.#store
    if (to.startsWith(INSIDE)) {
      const wallet = to.slice(INSIDE.length)
      store.held(wallet)
      return { inside: wallet, hash: null, tag: null }
    }
    const text = invoiceIn(to)
    const mustBe = (named: bigint | null): void => {
      if (named !== null && named !== amount) throw new NetworkError('AMOUNT_MISMATCH', 'the invoice or offer names another amount', { named: named.toString() })
    }
    if (text.startsWith('lno1')) {
      const { id, amountMsat } = readOffer(text)
      mustBe(amountMsat)
      const own = store.get('SELECT wallet, tag FROM offer WHERE id = ?', id)
      return { inside: own ? String(own['wallet']) : null, hash: null, tag: own ? String(own['tag']) : null }
    }
    const { paymentHash, amountMsat } = readInvoice(text)
    mustBe(amountMsat)
    const own = store.get('SELECT wallet, tag, state, expires FROM invoice WHERE hash = ?', paymentHash)
    if (own?.['state'] === 'PAID') throw new NetworkError('INVOICE_PAID', 'this invoice is paid')
    if (own && Number(own['expires']) <= Date.now()) throw new NetworkError('INVOICE_EXPIRED', 'the invoice has expired')
    return { inside: own ? String(own['wallet']) : null, hash: paymentHash, tag: own ? String(own['tag']) : null }
  }
}

const invoiceIn = (to: string): string => to.trim().toLowerCase().replace(/^lightning:/, '')

const digestOf = ({ wallets, to, amount, maxFee }: Send): string =>
  createHash('sha256').update(JSON.stringify([wallets, to, amount.currency, amount.amount.toString(), maxFee.amount.toString()])).digest('hex')
