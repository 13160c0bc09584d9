import { IN_NO_BLOCK, note, tell, type Found } from './notes.ts'
import type { Rooted } from './rooted.ts'
import type { ChainTransaction } from './rpc.ts'
import type { FactRow, TxRow } from './store.ts'

/**
 * What waits for a block and pays to us is SEEN; what waited and does not any more is REVERSED: REPLACED where its sender's nonce was used
 * for something else, DROPPED otherwise. Coins alone: whether a call of a token moves anything is known in its block.
 */
export async function lookAtWaiting(net: Rooted): Promise<void> {
  const { store, rpc } = net
  const listed = await rpc.waiting()
  const waits = new Set<string>(listed.map(tx => tx.hash))
  const gone: (readonly [FactRow, 'REPLACED' | 'DROPPED'])[] = []
  for (const fact of store.all<FactRow>("SELECT * FROM facts WHERE status = 'SEEN' AND height = ?", IN_NO_BLOCK)) {
    if (waits.has(fact.tx) || await rpc.knows(fact.tx)) continue
    const from = store.get<{ sender: string; nonce: number }>('SELECT sender, nonce FROM waiting WHERE tx = ?', fact.tx)!
    gone.push([fact, await rpc.nonce(from.sender) > from.nonce ? 'REPLACED' : 'DROPPED'])
  }
  const at = Date.now()
  const top = net.top()
  store.atomically(() => {
    for (const [fact, why] of gone) {
      store.run("UPDATE facts SET status = 'REVERSED' WHERE key = ?", fact.key)
      tell(net, fact, 'REVERSED', top, why)
    }
    for (const tx of listed) {
      const fact = paymentOf(net, tx, at)
      if (fact === null || store.get("SELECT key FROM facts WHERE key = ? AND status <> 'REVERSED'", fact.key)) continue
      note(net, fact)
      store.run('INSERT OR REPLACE INTO waiting (tx, sender, nonce) VALUES (?, ?, ?)', tx.hash, tx.from, tx.nonce)
    }
    store.run('DELETE FROM waiting WHERE tx NOT IN (SELECT tx FROM facts WHERE height = ? AND status = ?)', IN_NO_BLOCK, 'SEEN')
  })
}

function paymentOf(net: Rooted, tx: ChainTransaction, at: number): Found | null {
  const to = tx.to === null ? undefined : net.addresses.get(tx.to)
  if (!to || tx.value === 0n) return null
  const from = net.addresses.get(tx.from)
  const known = net.store.get<TxRow>('SELECT * FROM txs WHERE hash = ?', tx.hash)
  if (from && (known ? known.owner !== 'SEND' : from.wallet === to.wallet)) return null
  return {
    key: tx.hash, kind: 'RECEIVED', id: tx.hash, wallet: to.wallet, tag: to.tag, address: to.address, debit: null, credit: to.address, currency: net.native,
    amount: tx.value.toString(), fee: '0', tx: tx.hash, height: IN_NO_BLOCK, needs: net.depth(net.native, tx.value), at,
  }
}
