import type { Amount } from '@growr/money'
import { amountOf } from '@growr/money'
import type { ChangeStatus, NetworkChange } from '@growr/networks'
import type { BitcoinRpc } from './rpc.ts'
import type { BitcoinStore } from './store.ts'

// What is told of payments follows from what the store holds of the chain: whether it was seen block by block, after a stop or after a
// reorganisation, the same state tells the same, once.

/** A satoshi is a thousand millisatoshi, the unit of BTC in @growr/money. */
export const btcOf = (sats: bigint | number): Amount => amountOf(BigInt(sats) * 1000n, 'BTC')

type Change = Omit<NetworkChange, 'seq' | 'network'>

/** So deep that no reorganisation is to be expected: what spends the same coins then has won. */
const FINAL = 6

export function write(store: BitcoinStore, change: Change): void {
  const { amount, fee, at, ...rest } = change
  store.run('INSERT INTO feed (wallet, change) VALUES (?, ?)', change.wallet, JSON.stringify({ ...rest, amount: amount.amount.toString(), fee: fee.amount.toString(), at: at.getTime() }))
}

export function readChange(row: Readonly<Record<string, unknown>>): NetworkChange {
  const { amount, fee, at, ...rest } = JSON.parse(String(row['change'])) as Omit<Change, 'amount' | 'fee' | 'at'> & { amount: string; fee: string; at: number }
  return { seq: Number(row['seq']), network: 'bitcoin', ...rest, amount: amountOf(BigInt(amount), 'BTC'), fee: amountOf(BigInt(fee), 'BTC'), at: new Date(at) }
}

export interface Telling {
  readonly store: BitcoinStore
  readonly rpc: BitcoinRpc
  readonly needs: (sats: bigint) => number
}

/** Brings the feed up to the store. True where something was told. */
export async function tell({ store, rpc, needs }: Telling, tip: number): Promise<boolean> {
  const rows = store.all(`SELECT credit.*, address.wallet, address.tag, address.address FROM credit JOIN address ON address.script = credit.script
    WHERE told IN ('NONE', 'SEEN', 'REVERSED') OR (told = 'CONFIRMED' AND height IS NULL) ORDER BY credit.height, credit.txid, credit.vout`)
  const reasons = new Map<string, string>()
  for (const row of rows) {
    if (row['height'] === null && row['waiting'] === 0 && (row['told'] === 'SEEN' || row['told'] === 'CONFIRMED')) reasons.set(idOf(row), await whyGone(rpc, row))
  }
  return store.together(() => {
    let told = false
    for (const row of rows) if (tellCredit(store, row, { needs, tip, reason: reasons.get(idOf(row)) ?? 'REORGANISED' })) told = true
    return tellSends(store, needs, tip) || told
  })
}

const idOf = (row: Readonly<Record<string, unknown>>): string => `${String(row['txid'])}:${String(row['vout'])}`

function tellCredit(store: BitcoinStore, row: Readonly<Record<string, unknown>>, { needs, tip, reason }: { needs: Telling['needs']; tip: number; reason: string }): boolean {
  const sats = BigInt(Number(row['sats']))
  const height = row['height'] === null ? null : Number(row['height'])
  const confirmations = height === null ? 0 : tip - height + 1
  const there = confirmations >= needs(sats) ? 'CONFIRMED' : height !== null || row['waiting'] === 1 ? 'SEEN' : 'GONE'
  const before = String(row['told'])
  let generation = Number(row['generation'])
  let status: ChangeStatus
  if (before === 'CONFIRMED' || there === 'GONE') {
    // It was in no block any more at the query, or it is nowhere; what was never told need not be taken back.
    if (before === 'NONE' || before === 'REVERSED') return false
    status = 'REVERSED'
  } else {
    if (there === before) return false
    status = there
    if (before === 'REVERSED') generation++
  }
  store.run('UPDATE credit SET told = ?, generation = ? WHERE txid = ? AND vout = ?', status, generation, String(row['txid']), Number(row['vout']))
  write(store, {
    kind: 'RECEIVED', id: idOf(row), generation, wallet: String(row['wallet']), tag: row['tag'] as string | null, status, amount: btcOf(sats), fee: btcOf(0n),
    address: String(row['address']), proof: String(row['txid']), confirmations, reason: status === 'REVERSED' ? reason : null, at: new Date(Number(row['time']) * 1000),
  })
  return true
}

/** REPLACED or DOUBLE_SPENT: what it spends is spent by another; DROPPED: nobody carries it any more, and it may come back. */
async function whyGone(rpc: BitcoinRpc, row: Readonly<Record<string, unknown>>): Promise<string> {
  for (const [txid, vout] of JSON.parse(String(row['inputs'])) as [string, number][]) {
    if ((await rpc.call('gettxout', txid, vout, true)) === null) return row['told'] === 'CONFIRMED' ? 'DOUBLE_SPENT' : 'REPLACED'
  }
  return 'DROPPED'
}

function tellSends(store: BitcoinStore, needs: Telling['needs'], tip: number): boolean {
  let told = false
  for (const send of store.all("SELECT * FROM send WHERE told = 'PENDING' OR told = 'CONFIRMED' AND id NOT IN (SELECT send FROM version WHERE height IS NOT NULL)")) {
    const id = String(send['id'])
    const sats = BigInt(Number(send['sats']))
    const versions = store.all('SELECT * FROM version WHERE send = ? ORDER BY time DESC', id)
    const mined = versions.find(({ height }) => height !== null)
    const last = mined ?? versions[0]
    const confirmations = mined === undefined ? 0 : tip - Number(mined['height']) + 1
    let status: ChangeStatus
    if (send['told'] === 'CONFIRMED') status = 'REVERSED'
    else if (mined !== undefined && confirmations >= needs(sats)) status = 'CONFIRMED'
    else if (mined === undefined && versions.every((version) => isBeaten(store, version, tip))) status = 'FAILED'
    else continue
    const generation = Number(send['generation'])
    // After REVERSED it is PENDING again, and what follows is another generation.
    store.run('UPDATE send SET told = ?, generation = ?, reason = ? WHERE id = ?', status === 'REVERSED' ? 'PENDING' : status, status === 'REVERSED' ? generation + 1 : generation, status === 'FAILED' ? 'DOUBLE_SPENT' : null, id)
    if (status === 'FAILED') for (const { txid } of versions) store.run('UPDATE credit SET spentBy = NULL WHERE spentBy = ? AND spentHeight IS NULL', String(txid))
    write(store, {
      kind: 'SENT', id, generation, wallet: String(send['wallet']), tag: null, status, amount: btcOf(sats), fee: btcOf(status === 'CONFIRMED' && last !== undefined ? Number(last['fee']) : 0),
      address: String(send['address']), proof: last === undefined ? null : String(last['txid']), confirmations,
      reason: status === 'REVERSED' ? 'REORGANISED' : status === 'FAILED' ? 'DOUBLE_SPENT' : null, at: new Date(Number(last?.['time'] ?? 0) * 1000),
    })
    told = true
  }
  return told
}

/** Whether one of its coins was spent by another transaction that is not going to leave the chain. */
function isBeaten(store: BitcoinStore, version: Readonly<Record<string, unknown>>, tip: number): boolean {
  return (JSON.parse(String(version['coins'])) as [string, number][]).some(([txid, vout]) => {
    const coin = store.get('SELECT spentBy, spentHeight FROM credit WHERE txid = ? AND vout = ?', txid, vout)
    if (coin === undefined || coin['spentHeight'] === null || coin['spentHeight'] === undefined) return false
    return tip - Number(coin['spentHeight']) + 1 >= FINAL && store.get('SELECT 1 AS ours FROM version WHERE txid = ?', String(coin['spentBy'])) === undefined
  })
}
