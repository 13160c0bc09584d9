import { NetworkError } from '@growr/networks'
import type { Rooted } from './rooted.ts'
import type { FactRow, TxRow } from './store.ts'

// What was seen becomes facts, and facts become changes in the feed.

/** The height of what waits and stands in no block. */
export const IN_NO_BLOCK = Number.MAX_SAFE_INTEGER

export type Found = Omit<FactRow, 'status' | 'generation'>

/** Writes down a thing seen; one that was reversed before is the next generation, one that waited is the same, now in its block. */
export function note(net: Rooted, fact: Found): void {
  const { store } = net
  const before = store.get<FactRow>('SELECT * FROM facts WHERE key = ?', fact.key)
  const waited = before?.status === 'SEEN' && before.height === IN_NO_BLOCK
  if (before && before.status !== 'REVERSED' && !waited) throw new NetworkError('NETWORK_STORE', 'one thing is in two blocks')
  const row: FactRow = { ...fact, status: 'SEEN', generation: before ? before.generation + (waited ? 0 : 1) : 0 }
  if (before) store.run('DELETE FROM facts WHERE key = ?', fact.key)
  store.insert('facts', row)
  const mine = store.get<TxRow>('SELECT * FROM txs WHERE hash = ?', fact.tx)
  if (mine && fact.height !== IN_NO_BLOCK) {
    store.run("UPDATE txs SET state = 'DEAD' WHERE address = ? AND nonce = ? AND hash <> ?", mine.address, mine.nonce, mine.hash)
    store.run("UPDATE txs SET state = 'MINED' WHERE hash = ?", mine.hash)
  }
  if (row.kind === 'RECEIVED' && !waited) tell(net, row, 'SEEN', fact.height === IN_NO_BLOCK ? 0 : fact.height, null)
}

/** Confirms what is deep enough for its amount. */
export function confirm(net: Rooted, height: number): void {
  const { store } = net
  for (const fact of store.all<FactRow>("SELECT * FROM facts WHERE status = 'SEEN' AND height <= ? - needs + 1 ORDER BY height, key", height)) {
    store.run("UPDATE facts SET status = 'CONFIRMED' WHERE key = ?", fact.key)
    store.run("UPDATE txs SET state = 'DONE' WHERE hash = ? AND state = 'MINED'", fact.tx)
    if (fact.kind === 'MOVE') continue
    if (fact.key.startsWith('send:')) {
      const failed = fact.kind === 'FAILED'
      store.run('UPDATE sends SET status = ?, amount = ?, fee = ?, proof = ?, reason = ?, generation = ? WHERE id = ?', failed ? 'FAILED' : 'CONFIRMED', fact.amount, fact.fee,
        fact.tx, failed ? 'the contract refused it' : null, fact.generation, fact.id)
    }
    if (fact.kind === 'FAILED') {
      tell(net, { ...fact, fee: '0' }, 'FAILED', height, 'the contract refused it')
      tell(net, feeOf(net, fact), 'CONFIRMED', height, 'of a transaction that failed')
    } else tell(net, fact, 'CONFIRMED', height, null)
  }
}

/** Unmakes all above a height: what was told is told to be reversed; what we sent waits again, and goes out again with the same bytes. */
export function rewind(net: Rooted, height: number): void {
  const { store } = net
  const reason = 'REORGANISED'
  store.within(() => {
    for (const fact of store.all<FactRow>("SELECT * FROM facts WHERE height > ? AND height < ? AND status <> 'REVERSED' ORDER BY height, key", height, IN_NO_BLOCK)) {
      store.run("UPDATE facts SET status = 'REVERSED' WHERE key = ?", fact.key)
      store.run("UPDATE txs SET state = 'LIVE', born = ? WHERE hash = ?", height, fact.tx)
      if (fact.kind === 'MOVE' || (fact.kind !== 'RECEIVED' && fact.status === 'SEEN')) continue
      if (fact.key.startsWith('send:')) store.run("UPDATE sends SET status = 'PENDING', fee = '0', reason = NULL WHERE id = ?", fact.id)
      if (fact.kind === 'FAILED') tell(net, feeOf(net, fact), 'REVERSED', height, reason)
      tell(net, fact, 'REVERSED', height, reason)
    }
    // A sweep of money that is not there any more can wait for it without being counted; if it is mined all the same, it is known by its hash.
    store.run("UPDATE txs SET state = 'PARKED' WHERE owner = 'SWEEP' AND state = 'LIVE' AND address IN (SELECT credit FROM facts WHERE status = 'REVERSED')")
    store.run('DELETE FROM blocks WHERE height > ?', height)
  })
}

const feeOf = (net: Rooted, fact: FactRow): FactRow => ({ ...fact, kind: 'FEE', id: fact.tx, currency: net.native, amount: fact.fee, fee: '0', address: null })

export function tell(net: Rooted, fact: FactRow, status: 'SEEN' | 'CONFIRMED' | 'REVERSED' | 'FAILED', height: number, reason: string | null): void {
  net.grown = true
  net.store.tell({
    kind: fact.kind === 'FEE' ? 'FEE' : fact.kind === 'RECEIVED' ? 'RECEIVED' : 'SENT', id: fact.id, generation: fact.generation, wallet: fact.wallet, tag: fact.tag, status,
    currency: fact.currency, amount: fact.amount, fee: fact.fee, address: fact.address, proof: fact.tx,
    confirmations: Math.max(0, height - fact.height + 1), reason, at: fact.at,
  })
}
