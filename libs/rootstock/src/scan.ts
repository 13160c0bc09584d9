import { NetworkError } from '@growr/networks'
import type { Hex } from 'viem'
import type { ChainBlock, ChainLog, Receipt } from './rpc.ts'
import type { Rooted } from './rooted.ts'
import type { AddressRow, FactRow, TxRow } from './store.ts'

type Found = Omit<FactRow, 'status' | 'generation'>

/** Looks at what the node has that we have not seen: back to the common ancestor first, then forward, a range at a time. */
export async function scan(net: Rooted): Promise<void> {
  const head = await net.rpc.ready()
  const { store, policy } = net
  if (!store.get('SELECT height FROM blocks LIMIT 1')) {
    const start = Math.max(0, net.startHeight ?? head)
    const hash = await net.rpc.blockHash(Math.min(start, head))
    if (hash === null) throw new NetworkError('NETWORK_SYNCING', 'the node does not have the block to begin at')
    store.insert('blocks', { height: Math.min(start, head), hash })
  }
  let top = net.top()
  let ancestor = top
  for (;;) {
    const stored = store.get<{ hash: string }>('SELECT hash FROM blocks WHERE height = ?', ancestor)
    if (!stored) throw new NetworkError('NETWORK_STORE', 'the chain was reorganised deeper than this store remembers')
    if (ancestor > head) { ancestor--; continue }
    if (await net.rpc.blockHash(ancestor) === stored.hash) break
    ancestor--
  }
  // A node that merely lags has our own block as its last one: nothing is unmade for that.
  if (ancestor === head && head < top) throw new NetworkError('NETWORK_SYNCING', 'the node is behind what was seen already')
  if (ancestor < top) {
    rewind(net, ancestor)
    top = ancestor
  }
  while (top < head) {
    const to = Math.min(head, top + policy.logRange)
    const logs = await net.rpc.transfers([...net.tokens.keys()], top + 1, to)
    const blocks: ChainBlock[] = []
    for (let height = top + 1; height <= to; height++) {
      const block = await net.rpc.block(height)
      const parent = blocks.at(-1)?.hash ?? net.hashAt(top)
      // The chain moved under us: the next look begins at the ancestor again.
      if (block === null || block.parent !== parent) return scanAgain(net)
      blocks.push(block)
    }
    if (await net.rpc.blockHash(to) !== blocks.at(-1)!.hash || logs.some(log => blocks[log.height - top - 1]?.hash !== log.block)) return scanAgain(net)
    const found: Found[] = []
    for (const block of blocks) found.push(...await factsOf(net, block, logs.filter(log => log.height === block.height)))
    store.atomically(() => {
      for (const { height, hash } of blocks) store.insert('blocks', { height, hash })
      store.run('DELETE FROM blocks WHERE height < ?', to - policy.keepBlocks)
      for (const fact of found) note(net, fact)
      confirm(net, to)
    })
    top = to
  }
}

async function scanAgain(net: Rooted): Promise<void> {
  if (++net.restarts > 20) throw new NetworkError('NETWORK_SYNCING', 'the chain is being reorganised faster than it can be read')
  await scan(net)
  net.restarts = 0
}

async function factsOf(net: Rooted, block: ChainBlock, logs: readonly ChainLog[]): Promise<Found[]> {
  const found: Found[] = []
  const at = block.at.getTime()
  const base = { height: block.height, at, tag: null, debit: null, credit: null, fee: '0' }
  const receipts = new Map<Hex, Receipt>()
  for (const tx of block.transactions) {
    const from = net.addresses.get(tx.from)
    const to = tx.to === null ? undefined : net.addresses.get(tx.to)
    if (!from && !(to && tx.value > 0n)) continue
    const receipt = await net.rpc.receipt(tx.hash)
    if (receipt === null || receipt.block !== block.hash) throw new NetworkError('NETWORK_DOWN', 'the chain moved while it was read')
    receipts.set(tx.hash, receipt)
    const cost = (receipt.gasUsed * tx.gasPrice).toString()
    const native = { ...base, currency: net.native, tx: tx.hash, amount: tx.value.toString() }
    const known = from && net.store.get<TxRow>('SELECT * FROM txs WHERE hash = ?', tx.hash)
    const inside = from && to && (known ? known.owner !== 'SEND' : from.wallet === to.wallet)
    if (from && known?.owner === 'SEND') found.push(sendFact(net, known, tx.hash, receipt, from, base, cost))
    else if (from) {
      if (receipt.done && tx.value > 0n) {
        found.push(inside
          ? { ...native, key: `move:${tx.hash}`, kind: 'MOVE', id: tx.hash, wallet: from.wallet, address: tx.to, debit: tx.from, credit: tx.to, needs: net.depth(net.native, tx.value) }
          : { ...native, key: `out:${tx.hash}`, kind: 'SENT', id: tx.hash, wallet: from.wallet, address: tx.to, debit: tx.from, needs: net.depth(net.native, tx.value) })
      }
      found.push({ ...native, key: `fee:${tx.hash}`, kind: 'FEE', id: tx.hash, wallet: from.wallet, address: null, debit: tx.from, amount: cost, needs: net.depth(net.native, tx.value) })
    }
    if (to && tx.value > 0n && receipt.done && !inside) {
      found.push({ ...native, key: tx.hash, kind: 'RECEIVED', id: tx.hash, wallet: to.wallet, tag: to.tag, address: tx.to, credit: tx.to, needs: net.depth(net.native, tx.value) })
    }
  }
  for (const log of logs) {
    const from = net.addresses.get(log.from)
    const to = net.addresses.get(log.to)
    if ((!from && !to) || log.value === 0n) continue
    const known = net.store.get<TxRow>('SELECT * FROM txs WHERE hash = ?', log.tx)
    const currency = net.tokens.get(log.token)!.code
    const fact = { ...base, currency, tx: log.tx, amount: log.value.toString(), address: log.to, needs: net.depth(currency, log.value) }
    const id = `${log.tx}:${log.index}`
    const inside = from && to && (known ? known.owner !== 'SEND' : from.wallet === to.wallet)
    if (inside) found.push({ ...fact, key: `move:${id}`, kind: 'MOVE', id, wallet: from.wallet, debit: log.from, credit: log.to })
    else {
      if (from && !(known?.owner === 'SEND' && known.address === log.from)) found.push({ ...fact, key: `out:${id}`, kind: 'SENT', id, wallet: from.wallet, debit: log.from })
      if (to) found.push({ ...fact, key: id, kind: 'RECEIVED', id, wallet: to.wallet, tag: to.tag, credit: log.to })
    }
  }
  return found
}

/** What became of a send: a token that says nothing of a transfer made none, whatever its receipt says. */
function sendFact(net: Rooted, known: TxRow, hash: Hex, receipt: Receipt, from: AddressRow, base: Pick<Found, 'height' | 'at' | 'tag' | 'debit' | 'credit' | 'fee'>, cost: string): Found {
  const token = net.tokenOf(known.currency)
  const moved = token === undefined || receipt.logs.some(log => log.token === token.address && log.from === from.address && log.to === known.recipient && log.value === BigInt(known.amount))
  return {
    ...base, key: `send:${known.id}`, id: known.id, kind: receipt.done && moved ? 'SENT' : 'FAILED', wallet: from.wallet, address: known.recipient, debit: from.address,
    currency: known.currency, amount: known.amount, fee: cost, tx: hash, needs: net.depth(known.currency, BigInt(known.amount)),
  }
}

/** Writes down a thing seen in a block; one that was reversed before is the next generation. */
function note(net: Rooted, fact: Found): void {
  const { store } = net
  const before = store.get<FactRow>('SELECT * FROM facts WHERE key = ?', fact.key)
  if (before && before.status !== 'REVERSED') throw new NetworkError('NETWORK_STORE', 'one thing is in two blocks')
  const row: FactRow = { ...fact, status: 'SEEN', generation: before ? before.generation + 1 : 0 }
  if (before) store.run('DELETE FROM facts WHERE key = ?', fact.key)
  store.insert('facts', row)
  const mine = store.get<TxRow>('SELECT * FROM txs WHERE hash = ?', fact.tx)
  if (mine) {
    store.run("UPDATE txs SET state = 'DEAD' WHERE address = ? AND nonce = ? AND hash <> ?", mine.address, mine.nonce, mine.hash)
    store.run("UPDATE txs SET state = 'MINED' WHERE hash = ?", mine.hash)
  }
  if (row.kind === 'RECEIVED') tell(net, row, 'SEEN', fact.height, null)
}

/** Confirms what is deep enough for its amount. */
function confirm(net: Rooted, height: number): void {
  const { store } = net
  for (const fact of store.all<FactRow>("SELECT * FROM facts WHERE status = 'SEEN' AND height <= ? - needs + 1 ORDER BY height, key", height)) {
    store.run("UPDATE facts SET status = 'CONFIRMED' WHERE key = ?", fact.key)
    store.run("UPDATE txs SET state = 'DONE' WHERE hash = ? AND state = 'MINED'", fact.tx)
    if (fact.kind === 'MOVE') continue
    if (fact.key.startsWith('send:')) {
      const failed = fact.kind === 'FAILED'
      store.run('UPDATE sends SET status = ?, fee = ?, proof = ?, reason = ?, generation = ? WHERE id = ?', failed ? 'FAILED' : 'CONFIRMED', fact.fee, fact.tx,
        failed ? 'the contract refused it' : null, fact.generation, fact.id)
    }
    if (fact.kind === 'FAILED') {
      tell(net, { ...fact, fee: '0' }, 'FAILED', height, 'the contract refused it')
      tell(net, feeOf(net, fact), 'CONFIRMED', height, 'of a transaction that failed')
    } else tell(net, fact, 'CONFIRMED', height, null)
  }
}

/** Unmakes all above a height: what was told is told to be reversed; what we sent waits again, and goes out again with the same bytes. */
function rewind(net: Rooted, height: number): void {
  const { store } = net
  const reason = 'reorganised away'
  store.atomically(() => {
    for (const fact of store.all<FactRow>("SELECT * FROM facts WHERE height > ? AND status <> 'REVERSED' ORDER BY height, key", height)) {
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

function tell(net: Rooted, fact: FactRow, status: 'SEEN' | 'CONFIRMED' | 'REVERSED' | 'FAILED', height: number, reason: string | null): void {
  net.grown = true
  net.store.tell({
    kind: fact.kind === 'FEE' ? 'FEE' : fact.kind === 'RECEIVED' ? 'RECEIVED' : 'SENT', id: fact.id, generation: fact.generation, wallet: fact.wallet, tag: fact.tag, status,
    currency: fact.currency, amount: fact.amount, fee: fact.fee, address: fact.address, proof: fact.tx,
    confirmations: Math.max(0, height - fact.height + 1), reason, at: fact.at,
  })
}

