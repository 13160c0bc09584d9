// How long after a block a payment in it is booked, by a whole node beside a real bitcoind.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { startOutside, type Outside } from '../src/networks/testing.ts'
import { startWorld } from '../src/testing/world.ts'

export const about = 'From the moment when bitcoind has a block until the capital in it is in the books (payment and funding entries synced, seen through GraphQL), by a hint of bitcoind (ZMQ) and, in the same rounds, a bare client that is told of the block by `waitforblockheight`. `ratio` is the one against the other, both from the call that makes the block.'
export const bound = 'what follows the hint: five calls to bitcoind, two books that are synced, and a look every two milliseconds'

const BITCOIND = process.env['BITCOIND_PATH'] ?? fileURLToPath(new URL('../../../.networks/bitcoind/run/bitcoind', import.meta.url))
const ROUNDS = 15
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN
const rounded = (value: number): number => Math.round(value * 100) / 100

/** Milliseconds, medians: until a bare client knows of the block, until the payment is booked, and between the two. */
export async function run(): Promise<Record<string, unknown>> {
  if (!existsSync(BITCOIND)) throw new Error('there is no bitcoind: `npm test` sets one up, or give BITCOIND_PATH')
  const outside = await startOutside(BITCOIND)
  const { chain } = outside
  try {
    return await measure(outside)
  } finally {
    await chain.stop()
  }
}

async function measure({ chain, address: newAddress, pay }: Outside): Promise<Record<string, unknown>> {
  const world = await startWorld({ bitcoin: { url: chain.url, user: 'test', password: 'test', chain: 'regtest', zmq: chain.zmq }, log: { level: 'error' } })
  try {
    const { door, comsa, lending } = world
    const plan = await lending.plan(comsa, { amount: '0.50000000' })
    const { key: project } = await door.do(comsa.admin, 'createProject', {
      ...plan, currency: 'BTC', loans: { ...(plan['loans'] as object), minAmount: '0.00100000', maxAmount: '0.10000000', isCommunity: false, riskDepositRate: '0', cashBackRate: '0' },
      funding: [{ type: 'ONCHAIN', networkName: 'bitcoin', tokenName: 'BTC', terms: 'On chain', interestRate: '8', leverageFactor: '4', minAmount: '0.00100000', maxAmount: '0.40000000' }],
    }) as { key: string }
    await door.do(comsa.admin, 'activateProject', { key: project })
    const { address } = await door.do(comsa.admin, 'depositAddress', { project, rail: 'BITCOIN', purpose: 'JUNIOR' }) as { address: string }
    const miner = await newAddress()
    const capital = async (): Promise<string | undefined> =>
      (await door.do<{ account: string; balance: string }[]>(comsa.admin, 'projectAccounts', { key: project })).find(({ account }) => account.startsWith('capital/junior'))?.balance
    const bare: number[] = []
    const booked: number[] = []
    for (let round = -3; round < ROUNDS; round++) {
      await pay(address, '0.001')
      await world.settle()
      const before = await capital()
      const height = await chain.call<number>('getblockcount')
      const told = chain.call('waitforblockheight', [height + 1]).then(() => performance.now())
      const from = performance.now()
      await chain.call('generatetoaddress', [1, miner])
      let at = NaN
      for (const end = from + 60_000; Number.isNaN(at);) {
        if ((await capital()) !== before) at = performance.now()
        else if (performance.now() > end) throw new Error('the payment was never booked: does bitcoind publish its blocks?')
        else await new Promise((resolve) => { setTimeout(resolve, 2) })
      }
      if (round < 0) continue
      bare.push((await told) - from)
      booked.push(at - from)
      await world.settle()
    }
    const delays = booked.map((value, round) => value - (bare[round] as number))
    return { ratio: rounded(median(booked) / median(bare)), bareMs: rounded(median(bare)), bookedMs: rounded(median(booked)), delayMs: rounded(median(delays)), slowestMs: rounded(Math.max(...delays)), rounds: ROUNDS }
  } finally {
    await world.end()
  }
}
