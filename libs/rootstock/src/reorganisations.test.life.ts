import assert from 'node:assert/strict'
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { amountOf } from '@growr/money'
import { booksOf, hdSignerOf } from '@growr/networks/testing'
import type { NetworkChange } from '@growr/networks'
import fc from 'fast-check'
import type { Hex } from 'viem'
import { openRootstock } from './network.ts'
import { dataOf } from './sending.ts'
import { addressAt } from './sign.ts'
import { startAnvil, type Anvil } from './testing.ts'

// Reorganisations of 1 to 6 blocks × a payment that waits, is confirmed, spent, double-spent or replaced × a listener that runs, is stopped, or crashed.

export const STATES = ['UNCONFIRMED', 'CONFIRMED', 'SPENT', 'DOUBLE', 'REPLACED', 'SPENT_DOUBLE'] as const
export const HOWS = ['RUNNING', 'STOP', 'CRASH'] as const

export interface Life {
  readonly depth: number
  readonly state: (typeof STATES)[number]
  readonly how: (typeof HOWS)[number]
  readonly coin: 'RBTC' | 'DOC'
  /** A listener's address is swept to the wallet's account. */
  readonly to: 'ACCOUNT' | 'LISTENER'
  /** A send goes out, or to another wallet of ours. */
  readonly inside: boolean
  /** The send is replaced by one that pays more. */
  readonly bumped: boolean
  /** Blocks between what was done last and the reorganisation. */
  readonly ago: number
  /** Who paid sends it again after the reorganisation; else the payment is gone. */
  readonly back: boolean
  /** Looks while the blocks are gone and nothing of theirs is back. */
  readonly between: boolean
  /** Of a send that was replaced the first one comes into a block after the reorganisation. */
  readonly loser: boolean
  /** Some blocks later the same number of blocks goes again; all that stood in them comes back. */
  readonly again: boolean
}

export const lives: fc.Arbitrary<Life> = fc.record({
  depth: fc.integer({ min: 1, max: 6 }), state: fc.constantFrom(...STATES), how: fc.constantFrom(...HOWS), coin: fc.constantFrom('RBTC' as const, 'DOC' as const),
  to: fc.constantFrom('ACCOUNT' as const, 'LISTENER' as const), inside: fc.boolean(), bumped: fc.boolean(), ago: fc.integer({ min: 0, max: 3 }), back: fc.boolean(), between: fc.boolean(),
  loser: fc.boolean(), again: fc.boolean(),
})

export interface World {
  readonly anvil: Anvil
  readonly token: Hex
  readonly folder: string
  /** Lives so far: each has a seed of its own. */
  count: number
  end(): Promise<void>
}

export async function startWorld(): Promise<World> {
  const anvil = await startAnvil()
  const folder = mkdtempSync(join(tmpdir(), 'growr-rootstock-'))
  return {
    anvil, folder, count: 0, token: await anvil.deployToken(10n ** 24n, 18),
    async end() {
      await anvil.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const FUNDS = 2n * 10n ** 15n
const VALUE = 10n ** 16n
const MAX_FEE = amountOf(10n ** 14n, 'RBTC')
const ADDRESSES = 4
const seedOf = (which: number, n: number): Buffer => Buffer.concat([Buffer.alloc(24, which), Buffer.from(String(n).padStart(8, '0'))])

export async function live(world: World, life: Life): Promise<void> {
  const { anvil, token, folder } = world
  const run = ++world.count
  const signer = hdSignerOf(seedOf(1, run))
  const start = Number(await anvil.call('eth_blockNumber')) + 1
  let copies = 0
  const file = () => join(folder, `${run}-${copies}.db`)
  const open = () => openRootstock({
    url: anvil.url, chain: 33, file: file(), signer, startHeight: start, tokens: [{ code: 'DOC', address: token, exponent: 18, confirmations: [[10n ** 30n, 3]] }],
    policy: { confirmations: [], deepest: 3 },
  })
  let network = open()
  const settle = async (rounds: number) => { for (let round = 0; round < rounds; round++) { await anvil.mine(1); await network.sync() } }
  const pay = (to: string) => life.coin === 'RBTC' ? anvil.pay(to, VALUE)
    : anvil.call('eth_sendTransaction', { from: anvil.rich, to: token, data: dataOf(to.toLowerCase() as Hex, VALUE), gas: '0x186a0', gasPrice: '0x3938700' }) as Promise<Hex>

  const wallet = await network.createWallet({ id: 'w', purpose: 'FUNDING' })
  const other = await network.createWallet({ id: 'v', purpose: 'REPAYMENT' })
  const { address: listening } = await network.createListener('w', 'ana')
  await anvil.pay(wallet.address!, FUNDS)
  await anvil.mine(8)
  await network.sync()
  const outside = await addressAt(hdSignerOf(seedOf(2, run)), 0)
  const recipient = life.inside ? other.address! : outside

  const hash = await pay(life.to === 'ACCOUNT' ? wallet.address! : listening)
  const paid = await anvil.call('eth_getTransactionByHash', hash) as { nonce: string }
  const instead = (gasPrice: string) => anvil.call('eth_sendTransaction', { from: anvil.rich, to: anvil.rich, value: '0x1', nonce: paid.nonce, gas: '0x5208', gasPrice })
  let first: string | null = null
  const spends = life.state === 'SPENT' || life.state === 'SPENT_DOUBLE'
  if (life.state === 'REPLACED') {
    if (life.between) await network.sync()
    await instead('0x77359400')
    await settle(life.ago)
  } else if (life.state === 'UNCONFIRMED') {
    await network.sync()
    await settle(life.ago % 3)
  } else if (life.state === 'DOUBLE') {
    await settle(Math.min(life.depth, life.ago + 2))
  } else {
    await settle(3)
    if (spends) {
      const send = { id: 's', wallets: ['w'], to: recipient, amount: amountOf(VALUE / 2n, life.coin), maxFee: MAX_FEE }
      for (let round = 0; round < 20 && !await network.check(send).then(() => true, () => false); round++) await settle(1)
      await network.send(send)
      if (life.bumped) {
        first = await anvil.call('eth_getRawTransactionByHash', (await network.sent('s'))!.proof) as string
        await network.bump('s')
      }
      await network.sync()
    }
    await settle(life.ago)
  }

  const from = file()
  if (life.how === 'STOP') await network.stop()
  if (life.how !== 'RUNNING') {
    copies++
    for (const end of ['', '-wal']) if (existsSync(from + end)) copyFileSync(from + end, file() + end)
  }
  if (life.how === 'CRASH') await network.stop()
  const lost = await takeAway(anvil, life.depth)
  if (life.how !== 'RUNNING') network = open()
  if (life.between) {
    await network.sync()
    if (spends) await consistent(network)
  }
  const doubled = life.state === 'DOUBLE' || life.state === 'SPENT_DOUBLE'
  const hit = lost.some(tx => tx.hash === hash)
  if (doubled && hit) await instead('0x3938700')
  // Ours go back by themselves, or by a neighbour that kept them; what others sent, if they send it again.
  const ours = await Promise.all(Array.from({ length: ADDRESSES }, (_, n) => addressAt(signer, n)))
  for (const tx of lost) {
    const own = ours.includes(tx.from.toLowerCase() as Hex)
    if (life.back && !(doubled && tx.hash === hash)) await anvil.call('eth_sendRawTransaction', tx.raw).catch((error: unknown) => { if (!own) refusedRightly(error) })
  }
  if (life.loser && first !== null) {
    await anvil.call('eth_sendRawTransaction', first).catch(refusedRightly)
    await anvil.mine(1)
  }
  if (life.again) {
    await settle(3)
    for (const { raw } of await takeAway(anvil, life.depth)) await anvil.call('eth_sendRawTransaction', raw).catch(refusedRightly)
  }
  await settle(8)
  if (spends && !['CONFIRMED', 'FAILED'].includes((await network.sent('s'))!.status)) {
    // What it was to be paid from is gone: it goes when there is money again, and once.
    await pay(wallet.address!)
    await settle(14)
  }
  await settle(6)
  const receipt = await anvil.call('eth_getTransactionReceipt', hash)
  await compare({ world, network, ours, wallet: 'w', hash, mined: receipt !== null, outside, spends, inside: life.inside })
  await network.stop()
}

/** A copy of what the sender has replaced meanwhile, of what is in a block, or of what there is no money for any more is refused; nothing else is. */
function refusedRightly(error: unknown): void {
  if (!/nonce too low|underpriced|already (known|imported)|insufficient funds/i.test(String(error))) throw error
}

interface LostTransaction { readonly hash: string; readonly from: string; readonly raw: string }

/** The last blocks go, with all that stands in them and all that waits; what it was comes back. */
async function takeAway(anvil: Anvil, depth: number): Promise<LostTransaction[]> {
  const found: { hash: string; from: string }[] = []
  const head = Number(await anvil.call('eth_blockNumber'))
  for (let height = head - depth + 1; height <= head; height++) {
    found.push(...(await anvil.call('eth_getBlockByNumber', `0x${height.toString(16)}`, true) as { transactions: { hash: string; from: string }[] }).transactions)
  }
  found.push(...(await anvil.call('eth_getBlockByNumber', 'pending', true) as { transactions: { hash: string; from: string }[] }).transactions)
  const lost: LostTransaction[] = []
  for (const { hash, from } of found) lost.push({ hash, from, raw: await anvil.call('eth_getRawTransactionByHash', hash) as string })
  await anvil.reorganise(depth)
  await anvil.call('anvil_dropAllTransactions')
  await anvil.mine(1)
  return lost
}

/** What is said of the send and what was told of it last are the same. */
async function consistent(network: ReturnType<typeof openRootstock>): Promise<void> {
  const sent = await network.sent('s')
  const told = (await network.getPayments({ after: 0, limit: 1000 })).findLast(change => change.kind === 'SENT')!
  assert.equal(sent!.status, told.status === 'REVERSED' ? 'PENDING' : told.status, 'the send as it was told last')
}

interface Rest {
  readonly world: World
  readonly network: ReturnType<typeof openRootstock>
  readonly ours: readonly string[]
  readonly wallet: string
  readonly hash: string
  readonly mined: boolean
  readonly outside: string
  readonly spends: boolean
  readonly inside: boolean
}

/** At rest: the payment as the chain has it, each send once, and what is booked, shown and on the chain the same to the unit. */
async function compare({ world: { anvil, token }, network, ours, hash, mined, outside, spends, inside }: Rest): Promise<void> {
  const held = async (of: string, coin: string) => BigInt(await (coin === 'RBTC' ? anvil.call('eth_getBalance', of, 'latest')
    : anvil.call('eth_call', { to: token, data: `0x70a08231${of.slice(2).toLowerCase().padStart(64, '0')}` }, 'latest')) as string)
  const feed = await network.getPayments({ after: 0, limit: 1000 })
  const last = feed.findLast(change => change.kind === 'RECEIVED' && change.id.startsWith(hash))
  // Never seen is right as well for what was gone before anybody looked.
  if (mined || last) assert.equal(last?.status, mined ? 'CONFIRMED' : 'REVERSED', 'the payment as the chain has it')
  const balances = await network.balances()
  const books = booksOf(feed)
  for (const coin of ['RBTC', 'DOC']) {
    let chain = 0n
    for (const address of ours) chain += await held(address, coin)
    assert.equal(books.get(coin) ?? 0n, chain, `${coin}: the feed against the chain`)
    const shown = balances.filter(({ confirmed }) => confirmed.currency === coin)
    assert.equal(shown.reduce((sum, { confirmed, locked }) => sum + confirmed.amount + locked.reduce((all, part) => all + part.amount.amount, 0n), 0n), chain, `${coin}: the balances against the chain`)
    assert.ok(shown.every(({ pending, locked }) => pending.amount === 0n && locked.every(({ reason }) => reason.startsWith('too little'))), `${coin}: nothing is under way`)
  }
  if (!spends) return
  await consistent(network)
  const sent = await network.sent('s')
  assert.ok(sent?.status === 'CONFIRMED' || sent?.status === 'FAILED', `the send is final, not ${sent?.status}`)
  const once = sent.status === 'CONFIRMED' ? sent.amount.amount : 0n
  const arrived = inside ? standing(feed).filter(change => change.wallet === 'v').reduce((sum, change) => sum + change.amount.amount, 0n) : await held(outside, sent.amount.currency)
  assert.equal(arrived, once, 'paid once, or not at all')
}

/** What came in and was not taken back. */
function standing(feed: readonly NetworkChange[]): NetworkChange[] {
  const last = new Map(feed.filter(({ kind }) => kind === 'RECEIVED').map(change => [change.id, change]))
  return [...last.values()].filter(({ status }) => status === 'CONFIRMED')
}
