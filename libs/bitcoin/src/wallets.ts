import { NetworkError, type HdSigner, type Listener, type NewWallet, type Wallet, type WalletBalance, type WalletPurpose } from '@growr/networks'
import type { AddressKind } from './address.ts'
import type { Chain } from './chain.ts'
import type { Coin } from './coins.ts'
import type { BitcoinStore } from './store.ts'
import { btcOf } from './tell.ts'
import { openAccount, type Account, type AccountAddress } from './wallet.ts'

/** An address of change before it is used. */
export interface NextChange extends AccountAddress {
  readonly wallet: string
  readonly place: number
}

const ID = /^[\x21-\x7e]{1,128}$/

/** The wallets: an account of the seed each (BIP 84 or 86), with addresses given away by number, one for each tag. */
export class Wallets {
  readonly chain: Chain
  readonly #store: BitcoinStore
  readonly #signer: HdSigner
  readonly #kind: AddressKind
  readonly #accounts = new Map<string, Account>()
  #last: Promise<unknown> = Promise.resolve()

  constructor(store: BitcoinStore, signer: HdSigner, chain: Chain, kind: AddressKind) {
    this.#store = store
    this.#signer = signer
    this.chain = chain
    this.#kind = kind
  }

  async open(): Promise<void> {
    for (const { id, account } of this.#store.all('SELECT id, account FROM wallet')) this.#accounts.set(String(id), await openAccount(this.#signer, this.#kind, this.chain, Number(account)))
  }

  /** WALLET_UNKNOWN. */
  require(id: string): Account {
    const account = this.#accounts.get(id)
    if (account === undefined) throw new NetworkError('WALLET_UNKNOWN', 'there is no such wallet')
    return account
  }

  /** The same id gives the same wallet; another purpose for it is NETWORK_ID_REUSED. Gives the script that is new, to be watched. */
  create(wallet: NewWallet): Promise<{ wallet: Wallet; script: Uint8Array | null }> {
    // One after the other: each takes the next account.
    const turn = this.#last.catch(() => undefined).then(() => this.#create(wallet))
    this.#last = turn
    return turn
  }

  async #create({ id, purpose }: NewWallet): Promise<{ wallet: Wallet; script: Uint8Array | null }> {
    if (!ID.test(id)) throw new NetworkError('WALLET_UNKNOWN', 'the id of a wallet has 1 to 128 printable characters')
    const known = this.find(id)
    if (known !== null) {
      if (known.purpose !== purpose) throw new NetworkError('NETWORK_ID_REUSED', 'a wallet of this id has another purpose')
      return { wallet: known, script: null }
    }
    const number = Number(this.#store.get('SELECT coalesce(max(account) + 1, 0) AS next FROM wallet')?.['next'])
    const account = await openAccount(this.#signer, this.#kind, this.chain, number)
    const first = account.derive(0, 0)
    this.#store.together(() => {
      this.#store.run('INSERT INTO wallet (id, purpose, account, external, change) VALUES (?, ?, ?, 1, 0)', id, purpose, number)
      this.#store.run('INSERT INTO address (script, address, wallet, tag, branch, place) VALUES (?, ?, ?, NULL, 0, 0)', first.script, first.address, id)
    })
    this.#accounts.set(id, account)
    return { wallet: this.find(id) as Wallet, script: first.script }
  }

  find(id: string): Wallet | null {
    const row = this.#store.get('SELECT purpose FROM wallet WHERE id = ?', id)
    const account = this.#accounts.get(id)
    if (row === undefined || account === undefined) return null
    return { id, purpose: row['purpose'] as WalletPurpose, network: 'bitcoin', address: account.derive(0, 0).address, descriptors: account.descriptors }
  }

  /** The address for a tag, which is made at its first call. */
  listen(wallet: string, tag: string): { listener: Listener; script: Uint8Array | null } {
    const account = this.require(wallet)
    if (!ID.test(tag)) throw new NetworkError('WALLET_UNKNOWN', 'a tag has 1 to 128 printable characters')
    return this.#store.together(() => {
      const known = this.#store.get('SELECT address FROM address WHERE wallet = ? AND tag = ?', wallet, tag)
      if (known !== undefined) return { listener: { wallet, tag, address: String(known['address']) }, script: null }
      const place = Number(this.#store.get('SELECT external FROM wallet WHERE id = ?', wallet)?.['external'])
      const { address, script } = account.derive(0, place)
      this.#store.run('INSERT INTO address (script, address, wallet, tag, branch, place) VALUES (?, ?, ?, ?, 0, ?)', script, address, wallet, tag, place)
      this.#store.run('UPDATE wallet SET external = external + 1 WHERE id = ?', wallet)
      return { listener: { wallet, tag, address }, script }
    })
  }

  nextChange(wallet: string): NextChange {
    const place = Number(this.#store.get('SELECT change FROM wallet WHERE id = ?', wallet)?.['change'])
    return { ...this.require(wallet).derive(1, place), wallet, place }
  }

  /** Within the transaction that stores what pays to it. */
  keepChange({ script, address, wallet, place }: NextChange): void {
    this.#store.run('INSERT INTO address (script, address, wallet, tag, branch, place) VALUES (?, ?, ?, NULL, 1, ?)', script, address, wallet, place)
    this.#store.run('UPDATE wallet SET change = change + 1 WHERE id = ?', wallet)
  }

  /** What of a wallet can be spent now: final receipts, and change that stands in a block; nothing that a send holds already. */
  coins(wallet: string): Coin[] {
    const account = this.require(wallet)
    return this.#store
      .all(`SELECT credit.txid, credit.vout, credit.sats, address.branch, address.place FROM credit JOIN address ON address.script = credit.script
        WHERE address.wallet = ? AND height IS NOT NULL AND spentBy IS NULL AND told IN ('CONFIRMED', 'INTERNAL')`, wallet)
      .map(({ txid, vout, sats, branch, place }) => {
        const { script, path, publicKey, origin } = account.derive(branch === 1 ? 1 : 0, Number(place))
        return { txid: String(txid), vout: Number(vout), value: BigInt(Number(sats)), script, kind: account.kind, path, publicKey, origin }
      })
  }

  /** `pending`: what waits or is not deep enough, and the change of what was sent and stands in no block yet. */
  balances(wallet?: string): WalletBalance[] {
    const rows = this.#store.all(
      `SELECT wallet.id,
          coalesce(sum(CASE WHEN height IS NOT NULL AND told IN ('CONFIRMED', 'INTERNAL') THEN sats END), 0) AS confirmed,
          coalesce(sum(CASE WHEN NOT (height IS NOT NULL AND told IN ('CONFIRMED', 'INTERNAL')) AND (height IS NOT NULL OR waiting = 1) THEN sats END), 0) AS pending
        FROM wallet LEFT JOIN address ON address.wallet = wallet.id LEFT JOIN credit ON credit.script = address.script AND spentBy IS NULL
        WHERE ? IS NULL OR wallet.id = ? GROUP BY wallet.id ORDER BY wallet.id`, wallet ?? null, wallet ?? null)
    return rows.map(({ id, confirmed, pending }) => ({ wallet: String(id), confirmed: btcOf(Number(confirmed)), pending: btcOf(Number(pending)), locked: [] }))
  }
}
