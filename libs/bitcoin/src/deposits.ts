import { NetworkError, type Deposit, type DepositDraft, type DepositMove, type HdSigner, type NewDeposit } from '@growr/networks'
import type { Amount } from '@growr/money'
import { scriptOf } from './address.ts'
import { readPublicKey, type PublicKeyRead } from './descriptor.ts'
import { finishMultisig, multisigOf, multisigPsbt, signMultisig, type Multisig, type MultisigLeaf } from './multisig.ts'
import { coinsOf, readPsbt } from './psbt.ts'
import type { Sending } from './sending.ts'
import type { BitcoinStore } from './store.ts'
import { btcOf } from './tell.ts'
import type { Wallets } from './wallets.ts'

export interface DepositsOptions {
  readonly store: BitcoinStore
  readonly wallets: Wallets
  readonly sending: Sending
  readonly signer: HdSigner
  readonly watch: (script: Uint8Array) => void
}

interface Row {
  readonly id: string
  readonly script: Uint8Array
  readonly wallet: string
  readonly place: number
  readonly payer: string
  readonly refund: string
  readonly refundAfter: number
  readonly draft: string | null
  readonly leaf: MultisigLeaf | null
  readonly draftTo: string | null
  readonly draftSats: number | null
  /** How many were signed and sent from here. */
  readonly moves: number
}

/** Their coins lie at none of the wallets' addresses: no wallet counts them, no send takes them. */
const BRANCH = 2
const walletOf = (id: string): string => `deposit:${id}`

/** Deposits of two in taproot (`multisig.ts`): watched, released by what both signed, or taken back by the payer. */
export class Deposits {
  readonly #options: DepositsOptions

  constructor(options: DepositsOptions) {
    this.#options = options
  }

  // oxlint-disable-next-line require-await -- what is thrown is a rejection
  async create({ id, wallet, payer, refund, refundAfter }: NewDeposit): Promise<Deposit> {
    const { store, wallets, watch } = this.#options
    const known = this.#find(id)
    if (known) {
      if (known.wallet !== wallet || known.payer !== payer || known.refund !== refund || known.refundAfter !== refundAfter) {
        throw new NetworkError('NETWORK_ID_REUSED', 'this deposit was made with other keys or another time: take another id')
      }
      return this.#shown(known)
    }
    const { listener, script: beside } = wallets.listen(wallet, walletOf(id))
    const place = Number(store.get('SELECT place FROM address WHERE wallet = ? AND tag = ?', wallet, listener.tag)?.['place'])
    const { script, address } = this.#multisig({ wallet, place, payer, refund, refundAfter })
    store.together(() => {
      store.run('INSERT INTO address (script, address, wallet, tag, branch, place) VALUES (?, ?, ?, NULL, ?, ?)', script, address, walletOf(id), BRANCH, place)
      store.run('INSERT INTO deposit (id, script, wallet, place, payer, refund, refundAfter, draft, leaf, draftTo, draftSats, moves) VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL, NULL, 0)', id, script, wallet, place, payer, refund, refundAfter)
    })
    if (beside !== null) watch(beside)
    watch(script)
    return this.#shown(this.#require(id))
  }

  find(id: string): Deposit | null {
    const row = this.#find(id)
    return row && this.#shown(row)
  }

  /** The fee comes out of it. */
  async draft({ id, move, to, maxFee }: { readonly id: string; readonly move: DepositMove; readonly to: string; readonly maxFee: Amount }): Promise<DepositDraft> {
    const { store, sending, signer, wallets } = this.#options
    const row = this.#require(id)
    const multisig = this.#multisig(row)
    const leaf = move === 'RELEASE' ? 'release' : 'refund'
    const tip = Number(store.get('SELECT max(height) AS height FROM block')?.['height'] ?? 0)
    const coins = store
      .all('SELECT txid, vout, sats, told, height FROM credit WHERE script = ? AND height IS NOT NULL AND spentBy IS NULL ORDER BY height, txid, vout', row.script)
      // Released is what is final; taken back, what the next block may hold (BIP 68).
      .filter(({ told, height }) => (move === 'RELEASE' ? told === 'CONFIRMED' : Number(height) + row.refundAfter <= tip + 1))
      .map(({ txid, vout, sats }) => ({ txid: String(txid), vout: Number(vout), value: BigInt(Number(sats)) }))
    const { psbt: unsigned, fee, value } = multisigPsbt(multisig, { leaf, coins, to: scriptOf(to, wallets.chain), rate: await sending.rate(), maxFee: maxFee.amount / 1000n })
    const psbt = move === 'RELEASE' ? await signMultisig(multisig, leaf, unsigned, signer, this.#ours(row).path) : unsigned
    store.run('UPDATE deposit SET draft = ?, leaf = ?, draftTo = ?, draftSats = ? WHERE id = ?', psbt, leaf, to, Number(value), id)
    return { psbt, amount: btcOf(value), fee: btcOf(fee) }
  }

  async move(id: string, returned: string): Promise<Deposit> {
    const { store, sending } = this.#options
    const row = this.#require(id)
    const { draft, leaf, draftTo, draftSats, moves } = row
    const { id: txid } = readPsbt(returned)
    // Taken before, and the answer was lost.
    if (store.get('SELECT 1 AS found FROM version WHERE txid = ? AND send LIKE ?', txid, `%:${id}:%`)) return this.#shown(row)
    if (draft === null || leaf === null || draftTo === null || draftSats === null) throw new NetworkError('PSBT_OTHER', 'no release is under way: ask for it first')
    const signed = finishMultisig(this.#multisig(row), leaf, draft, [returned])
    const tx = readPsbt(draft)
    const coins = coinsOf(tx).map((_coin, at) => {
      const { txid: of, index } = tx.getInput(at)
      return [Buffer.from(of ?? new Uint8Array()).toString('hex'), index ?? 0] as const
    })
    await sending.leave({ id: `${leaf}:${id}:${moves + 1}`, request: signed.txid, wallet: walletOf(id), to: draftTo, sats: BigInt(draftSats), coins, signed }, () => {
      store.run('UPDATE deposit SET draft = NULL, leaf = NULL, draftTo = NULL, draftSats = NULL, moves = moves + 1 WHERE id = ?', id)
    })
    return this.#shown(this.#require(id))
  }

  #find(id: string): Row | null {
    return (this.#options.store.get('SELECT * FROM deposit WHERE id = ?', id) as Row | undefined) ?? null
  }

  #require(id: string): Row {
    const row = this.#find(id)
    if (row === null) throw new NetworkError('WALLET_UNKNOWN', 'there is no such deposit')
    return row
  }

  #ours({ wallet, place }: Pick<Row, 'wallet' | 'place'>): PublicKeyRead & { readonly path: string } {
    const { publicKey, origin, path } = this.#options.wallets.require(wallet).derive(0, place)
    return { publicKey, origin, path }
  }

  #multisig({ payer, refund, refundAfter, ...of }: Pick<Row, 'wallet' | 'place' | 'payer' | 'refund' | 'refundAfter'>): Multisig {
    const { chain } = this.#options.wallets
    return multisigOf({ investor: readPublicKey(payer, chain), refund: readPublicKey(refund, chain), originator: this.#ours(of), refundAfter }, chain)
  }

  #shown(row: Row): Deposit {
    const { store } = this.#options
    const sums = { pending: 0, held: 0, releasing: 0, released: 0, refunded: 0 }
    let first: number | null = null
    const coins = store.all(`SELECT credit.*, version.send AS send, send.told AS sendTold FROM credit LEFT JOIN version ON version.txid = credit.spentBy LEFT JOIN send ON send.id = version.send
      WHERE credit.script = ? AND (credit.height IS NOT NULL OR credit.waiting = 1)`, row.script)
    for (const { sats, height, told, spentBy, spentHeight, send, sendTold } of coins) {
      // What nobody here sent is the payer's own refund: without us there is no other way out.
      const isRelease = typeof send === 'string' && send.startsWith('release:')
      const place = isRelease ? (sendTold === 'CONFIRMED' ? 'released' : 'releasing') : spentHeight !== null ? 'refunded' : told === 'CONFIRMED' && height !== null ? 'held' : 'pending'
      sums[place] += Number(sats)
      if (spentBy === null && height !== null) first = Math.min(first ?? Number.MAX_SAFE_INTEGER, Number(height))
    }
    const { address, descriptor } = this.#multisig(row)
    const last = store.get('SELECT version.txid, version.fee, send.sats FROM send JOIN version ON version.send = send.id WHERE send.id IN (?, ?)', ...(['release', 'refund'] as const).map((leaf) => `${leaf}:${row.id}:${row.moves}`))
    return {
      id: row.id, address, descriptor, refundAfter: row.refundAfter, pending: btcOf(sums.pending), held: btcOf(sums.held), releasing: btcOf(sums.releasing), released: btcOf(sums.released), refunded: btcOf(sums.refunded),
      refundHeight: first === null ? null : first + row.refundAfter,
      last: last === undefined ? null : { proof: String(last['txid']), amount: btcOf(Number(last['sats'])), fee: btcOf(Number(last['fee'])) },
    }
  }
}
