import { createHash } from 'node:crypto'
import { NetworkError } from '@growr/networks'
import { hdSignerOf } from '@growr/networks/testing'
import * as btc from '@scure/btc-signer'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { dustOf } from './address.ts'
import { branchAndBound } from './branch-and-bound.ts'
import { selectCoins, valueOf, type Coin, type SelectionRequest } from './coins.ts'
import { compactOf, verifyEcdsa, verifySchnorr } from './signatures.ts'
import { buildPayment, bumpPayment, sighashOf, unsignedOf } from './transaction.ts'
import { openAccount, type Account } from './wallet.ts'

const signer = hdSignerOf(Buffer.alloc(32, 7))
let accounts: readonly Account[]
let change: Uint8Array
let elsewhere: Uint8Array

beforeAll(async () => {
  accounts = [await openAccount(signer, 'p2wpkh', 'regtest', 0), await openAccount(signer, 'p2tr', 'regtest', 0)]
  change = accounts[0]?.derive(1, 0).script ?? new Uint8Array()
  elsewhere = accounts[1]?.derive(0, 99).script ?? new Uint8Array()
})

function coin(index: number, value: bigint): Coin {
  const account = accounts[index % 2] as Account
  const { script, path, publicKey } = account.derive(0, index % 5)
  return { txid: createHash('sha256').update(`coin ${index}`).digest('hex'), vout: index % 3, value, script, kind: account.kind, path, publicKey }
}

const request = (coins: readonly Coin[], value: bigint, rest: Partial<SelectionRequest> = {}): SelectionRequest =>
  ({ coins, outputs: [{ script: elsewhere, value }], rate: 2, maxFee: 100_000n, changeScript: change, ...rest })

function codeOf(work: () => unknown): string {
  try {
    work()
    return 'nothing thrown'
  } catch (error) {
    return error instanceof NetworkError ? error.code : String(error)
  }
}

describe('coin selection', () => {
  it('never overspends; the fee is at least the rate, below the ceiling; no change is dust; the same seed gives the same', async () => {
    const property = fc.asyncProperty(
      fc.array(fc.bigInt({ min: 200n, max: 3_000_000n }), { minLength: 1, maxLength: 25 }), fc.bigInt({ min: 330n, max: 5_000_000n }),
      fc.integer({ min: 1, max: 400 }), fc.bigInt({ min: 200n, max: 300_000n }), fc.string(),
      async (values, value, tenths, maxFee, seed) => {
        const rate = tenths / 10
        const asked = request(values.map((each, i) => coin(i, each)), value, { rate, maxFee, seed })
        let selection: ReturnType<typeof selectCoins>
        try {
          selection = selectCoins(asked)
        } catch (error) {
          expect(['BALANCE_INSUFFICIENT', 'FEE_ABOVE_CEILING']).toContain((error as NetworkError).code)
          // It is refused only where the coins with their own fees do not suffice, or the fee would be above the ceiling.
          const most = valueOf(asked.coins.filter((each) => each.value > BigInt(Math.ceil(69 * rate))))
          const least = BigInt(Math.floor((10 + 43 + 57) * rate))
          if ((error as NetworkError).code === 'FEE_ABOVE_CEILING') expect(maxFee).toBeLessThan(BigInt(Math.ceil((20 + 43 + 43 + 70 * values.length) * rate)) + 1000n)
          else expect(most).toBeLessThan(value + least + BigInt(Math.ceil(69 * rate)) * BigInt(values.length) + 100n)
          return
        }
        const paid = selection.outputs.reduce((sum, output) => sum + output.value, 0n)
        expect(new Set(selection.coins.map(({ txid, vout }) => `${txid}:${vout}`)).size).toBe(selection.coins.length)
        expect(valueOf(selection.coins)).toBe(paid + selection.fee)
        expect(paid).toBe(value + selection.change)
        expect(selection.fee).toBeLessThanOrEqual(maxFee)
        expect(selection.change === 0n || selection.change >= dustOf(change)).toBe(true)
        const { vsize, fee } = await buildPayment(selection, signer)
        expect(fee).toBe(selection.fee)
        expect(vsize).toBeLessThanOrEqual(selection.vsize)
        expect(Number(fee)).toBeGreaterThanOrEqual(rate * vsize)
        expect(selectCoins({ ...asked, coins: asked.coins.toReversed() })).toEqual(selection)
      })
    await fc.assert(property, { numRuns: 40 })
  })

  it('takes coins that need no change where there are some, else the largest', () => {
    // Two P2WPKH coins of 68 vB and one output of 43: 58 × 2 and twice 68 × 2: 388 satoshis and no change.
    const coins = [coin(0, 50_000n), coin(2, 60_388n), coin(4, 900_000n), coin(6, 70_000n)]
    const exact = selectCoins(request(coins, 110_000n))
    expect([exact.coins.map(({ value }) => value).toSorted(), exact.change, exact.fee === 388n]).toEqual([[50_000n, 60_388n], 0n, true])
    // Without change 300 satoshis more would go to the fee than is allowed: then rather the largest, with change.
    const dear = selectCoins(request(coins, 109_700n, { maxFee: 500n }))
    expect([dear.coins.map(({ value }) => value), dear.fee <= 500n, dear.change > 0n]).toEqual([[900_000n], true, true])
    const largest = selectCoins(request(coins, 111_500n))
    expect([largest.coins.map(({ value }) => value), largest.outputs.length]).toEqual([[900_000n], 2])
    expect(largest.change).toBe(900_000n - 111_500n - largest.fee)
  })

  it('refuses dust, too little, a fee above the ceiling, a rate that is none and a transaction too large to be carried', () => {
    const coins = [coin(0, 10_000n)]
    expect(codeOf(() => selectCoins(request(coins, 329n)))).toBe('DUST')
    expect(codeOf(() => selectCoins({ ...request(coins, 1000n), outputs: [] }))).toBe('DUST')
    expect(codeOf(() => selectCoins(request(coins, 10_000n)))).toBe('BALANCE_INSUFFICIENT')
    expect(codeOf(() => selectCoins(request([], 1000n)))).toBe('BALANCE_INSUFFICIENT')
    expect(codeOf(() => selectCoins(request([...coins, ...coins], 15_000n)))).toBe('BALANCE_INSUFFICIENT')
    expect(codeOf(() => selectCoins(request(coins, 5_000n, { maxFee: 200n })))).toBe('FEE_ABOVE_CEILING')
    for (const rate of [0, -1, Number.NaN, Infinity, 2_000_000]) expect(codeOf(() => selectCoins(request(coins, 1000n, { rate })))).toBe('FEE_ABOVE_CEILING')
    const many = Array.from({ length: 1800 }, (_, i) => coin(2 * i, 1000n + BigInt(i % 7)))
    expect(codeOf(() => selectCoins(request(many, 1_400_000n, { rate: 1, maxFee: 10_000_000n })))).toBe('BALANCE_INSUFFICIENT')
  })

  it('ends its search after a bounded number of tries', () => {
    const values = Array.from({ length: 60 }, (_, i) => 2n ** BigInt(60 - i) * 3n)
    expect(branchAndBound(values, values.reduce((a, b) => a + b, 0n) / 2n + 1n, 1n)).toBeNull()
  })
})

describe('a payment', () => {
  it('is signed by the keys of its coins, the same bytes each time, and says that it may be replaced', async () => {
    const { coins, outputs } = selectCoins(request([coin(0, 50_000n), coin(1, 60_000n)], 90_000n))
    const signed = await buildPayment({ coins, outputs, lockTime: 120 }, signer)
    expect(await buildPayment({ coins, outputs, lockTime: 120 }, signer)).toEqual(signed)
    const tx = btc.Transaction.fromRaw(Buffer.from(signed.hex, 'hex'), { allowUnknownOutputs: true })
    expect([tx.id, tx.lockTime, tx.getInput(0).sequence, tx.getInput(1).sequence]).toEqual([signed.txid, 120, 0xfffffffd, 0xfffffffd])
    for (const [at, { kind, script, publicKey }] of coins.entries()) {
      const [signature = new Uint8Array()] = tx.getInput(at).finalScriptWitness ?? []
      const hash = sighashOf(unsignedOf({ coins, outputs, lockTime: 120 }), coins, at)
      if (kind === 'p2tr') expect(verifySchnorr(signature, hash, script.subarray(2))).toBe(true)
      else expect([verifyEcdsa(compactOf(signature.subarray(0, -1)) ?? new Uint8Array(), hash, publicKey), signature.at(-1)]).toEqual([true, 1])
    }
  })

  it('is bumped: the same payments from the same coins, the change bears it, more coins only where it must', () => {
    const outputs = [{ script: elsewhere, value: 40_000n }]
    const first = selectCoins(request([coin(0, 50_000n)], 40_000n))
    const bump = { coins: first.coins, payments: outputs, fee: first.fee, rate: 10, maxFee: 100_000n, changeScript: change }
    const bumped = bumpPayment(bump)
    expect(bumped.coins).toEqual(first.coins)
    expect(bumped.outputs.filter(({ script }) => script !== change)).toEqual(outputs)
    expect(bumped.fee).toBeGreaterThanOrEqual(first.fee + BigInt(bumped.vsize))
    expect(Number(bumped.fee)).toBeGreaterThanOrEqual(10 * bumped.vsize)
    // A rate that is no higher costs what BIP 125 asks for all the same.
    expect(bumpPayment({ ...bump, rate: 1 }).fee).toBeGreaterThanOrEqual(first.fee + BigInt(first.vsize))
    expect(codeOf(() => bumpPayment({ ...bump, rate: 100 }))).toBe('BALANCE_INSUFFICIENT')
    const wider = bumpPayment({ ...bump, rate: 100, extra: [coin(2, 1000n), coin(0, 50_000n), coin(4, 70_000n)] })
    expect(wider.coins.map(({ value }) => value).toSorted()).toEqual([50_000n, 70_000n])
    expect(codeOf(() => bumpPayment({ ...bump, rate: 100, maxFee: 5_000n, extra: [coin(4, 70_000n)] }))).toBe('FEE_ABOVE_CEILING')
  })
})
