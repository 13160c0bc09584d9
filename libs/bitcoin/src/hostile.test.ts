import { NetworkError } from '@growr/networks'
import { hdSignerOf } from '@growr/networks/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressOf, scriptOf } from './address.ts'
import { readPublicKey, requireChecksum, withChecksum } from './descriptor.ts'
import { finishMultisig, multisigOf, multisigPsbt } from './multisig.ts'
import { acceptPsbt, readPsbt } from './psbt.ts'

/** Fails unless the work ends or refuses with a code. */
function refusesOrEnds(work: () => unknown): void {
  try {
    work()
  } catch (error) {
    expect(error, String(error)).toBeInstanceOf(NetworkError)
  }
}

/** A text with some of its characters replaced, removed or doubled. */
const altered = (text: string): fc.Arbitrary<string> =>
  fc.array(fc.record({ at: fc.nat(text.length - 1), by: fc.string({ maxLength: 3 }) }), { minLength: 1, maxLength: 4 })
    .map((changes) => changes.reduce((changed, { at, by }) => changed.slice(0, at) + by + changed.slice(at + 1), text))

const RUNS = { numRuns: 300 }

describe('texts from outside', () => {
  it('are refused with a code whatever they are', async () => {
    const publicKey = await hdSignerOf(Buffer.alloc(32, 1)).publicKey('m/0')
    const address = addressOf(publicKey, 'p2tr', 'regtest')
    const descriptor = withChecksum(`wpkh(${Buffer.from(publicKey).toString('hex')})`)
    fc.assert(fc.property(fc.oneof(fc.string({ maxLength: 200 }), altered(address), altered(descriptor)), (text) => {
      for (const read of [() => scriptOf(text, 'regtest'), () => readPublicKey(text, 'regtest'), () => requireChecksum(text), () => readPsbt(text)]) refusesOrEnds(read)
    }), RUNS)
    // No single character of an address or a descriptor can be mistaken.
    fc.assert(fc.property(fc.nat(address.length - 1), fc.constantFrom(...'023456789acdefghjklmnpqrstuvwxyz'), (at, by) => {
      fc.pre(address[at] !== by)
      expect(() => scriptOf(address.slice(0, at) + by + address.slice(at + 1), 'regtest')).toThrow(NetworkError)
    }), RUNS)
  })

  it('never turn an altered PSBT into a payment', async () => {
    const key = async (byte: number): Promise<{ publicKey: Uint8Array; origin: null }> => ({ publicKey: await hdSignerOf(Buffer.alloc(32, byte)).publicKey('m'), origin: null })
    const multisig = multisigOf({ investor: await key(1), originator: await key(2), refund: await key(3), refundAfter: 9 }, 'regtest')
    const { psbt } = multisigPsbt(multisig, { leaf: 'refund', coins: [{ txid: 'ab'.repeat(32), vout: 0, value: 90_000n }], to: multisig.script, rate: 1, maxFee: 1000n })
    const bytes = Buffer.from(psbt, 'base64')
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 3 }), fc.nat(bytes.length), (changes, length) => {
      const changed = Buffer.from(bytes)
      for (const [at, by] of changes) changed[at] = by
      for (const returned of [changed, changed.subarray(0, length)].map((each) => each.toString('base64'))) {
        for (const accept of [() => acceptPsbt(psbt, returned), () => finishMultisig(multisig, 'refund', psbt, [returned])]) {
          expect(accept).toThrow(NetworkError)
        }
      }
    }), { numRuns: 150 })
  })
})
