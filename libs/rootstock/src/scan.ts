import { NetworkError } from '@growr/networks'
import type { Hex } from 'viem'
import { NodeRefusal, type ChainBlock, type ChainLog, type Receipt } from './rpc.ts'
import type { Rooted } from './rooted.ts'
import { confirm, note, rewind, type Found } from './notes.ts'
import type { AddressRow, TxRow } from './store.ts'

/** Looks at what the node has that we have not seen: back to the common ancestor first, then forward, a range at a time. */
export async function scan(net: Rooted): Promise<void> {
  const head = await net.rpc.ready()
  const { store, policy } = net
  if (!store.get('SELECT height FROM blocks LIMIT 1')) {
    const place = await beginning(net, net.startHeight ?? head + 1, head)
    store.insert('blocks', place)
  }
  await lookBehind(net, head)
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
    const range = await readRange(net, top, Math.min(head, top + policy.logRange))
    if (range === null) return scanAgain(net)
    const { blocks, logs } = range
    const to = blocks.at(-1)!.height
    const found: Found[] = []
    for (let at = 0; at < blocks.length; at += policy.blocksAtOnce) {
      const several = blocks.slice(at, at + policy.blocksAtOnce)
      found.push(...(await Promise.all(several.map(block => factsOf(net, block, logs.get(block.height) ?? [])))).flat())
    }
    store.atomically(() => {
      for (const { height, hash } of blocks) store.insert('blocks', { height, hash })
      store.run('DELETE FROM blocks WHERE height < ?', to - policy.keepBlocks)
      for (const fact of found) note(net, fact)
      confirm(net, to)
    })
    top = to
  }
}

/**
 * The blocks behind `top`, up to `to` or as far as the node gives logs at once, and their transfers of our tokens by height. Null where the
 * chain moved meanwhile: the next look begins at the ancestor again.
 */
export async function readRange(net: Pick<Rooted, 'rpc' | 'tokens' | 'hashAt' | 'policy'>, top: number, to: number): Promise<{ blocks: ChainBlock[]; logs: Map<number, ChainLog[]> } | null> {
  const { rpc, policy } = net
  let last = to
  let all: ChainLog[]
  for (;;) {
    try {
      all = await rpc.transfers([...net.tokens.keys()], top + 1, last)
      break
    } catch (error) {
      // Too much for one answer: half of it.
      if (!(error instanceof NodeRefusal) || last === top + 1) throw error
      last = top + Math.ceil((last - top) / 2)
    }
  }
  const blocks: ChainBlock[] = []
  while (top + blocks.length < last) {
    const from = top + blocks.length + 1
    const several = await Promise.all(Array.from({ length: Math.min(policy.blocksAtOnce, last - from + 1) }, (_, n) => rpc.block(from + n)))
    for (const block of several) {
      if (block === null || block.parent !== (blocks.at(-1)?.hash ?? net.hashAt(top))) return null
      blocks.push(block)
    }
  }
  if (await rpc.blockHash(last) !== blocks.at(-1)!.hash || all.some(log => blocks[log.height - top - 1]?.hash !== log.block)) return null
  return { blocks, logs: Map.groupBy(all, log => log.height) }
}

/** The place just before the first block to be looked at. */
async function beginning(net: Rooted, first: number, head: number): Promise<{ height: number; hash: string }> {
  const height = Math.min(Math.max(0, first - 1), head)
  const hash = await net.rpc.blockHash(height)
  if (hash === null) throw new NetworkError('NETWORK_SYNCING', 'the node does not have the block to begin at')
  return { height, hash }
}

/**
 * An address that was made after its height had been looked at, and has been used before: this seed had another store once. All is read again
 * from where a new store begins; what is found another time is the next generation.
 */
async function lookBehind(net: Rooted, head: number): Promise<void> {
  const { store, startHeight } = net
  const fresh = store.all<{ address: Hex; height: number }>('SELECT address, height FROM fresh')
  if (fresh.length === 0) return
  let again = false
  if (startHeight !== undefined) for (const { address, height } of fresh) again ||= height >= startHeight && await usedBefore(net, address)
  const place = again ? await beginning(net, startHeight!, head) : null
  store.atomically(() => {
    if (place !== null) {
      rewind(net, place.height)
      store.run('DELETE FROM blocks')
      store.insert('blocks', place)
    }
    for (const { address } of fresh) store.run('DELETE FROM fresh WHERE address = ?', address)
  })
}

async function usedBefore(net: Rooted, address: Hex): Promise<boolean> {
  if (await net.rpc.nonce(address, 'latest') > 0 || await net.rpc.balance(address) > 0n) return true
  for (const token of net.tokens.keys()) if (await net.rpc.tokenBalance(token, address) > 0n) return true
  return false
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
