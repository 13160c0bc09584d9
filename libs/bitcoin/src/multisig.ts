import { NetworkError, type HdSigner } from '@growr/networks'
import * as btc from '@scure/btc-signer'
import { concatBytes, equalBytes } from '@scure/btc-signer/utils.js'
import { addressOfScript } from './address.ts'
import type { Chain } from './chain.ts'
import { requirePayable, type Output } from './coins.ts'
import { withChecksum, type PublicKeyRead } from './descriptor.ts'
import { coinsOf, readPsbt, requireSame, signedOf, taprootSignature, writePsbt } from './psbt.ts'
import { verifySchnorr } from './signatures.ts'
import { feeOf, OVERHEAD_WEIGHT, outputWeight, scriptInputWeight } from './sizes.ts'
import { branchHash, controlBlock, LEAF_VERSION, leafHash, taprootOutput, UNSPENDABLE } from './taproot.ts'
import { REPLACEABLE, type Signed } from './transaction.ts'

/** Money that investor and originator release together, or that the investor takes back alone after so many blocks, by a key of its own. */
export interface MultisigTerms {
  readonly investor: PublicKeyRead
  readonly originator: PublicKeyRead
  /** Another key of the investor's, which only takes back. */
  readonly refund: PublicKeyRead
  /** Blocks from the deposit's own to the first that may hold the refund, 1 to 65,535 (BIP 68). */
  readonly refundAfter: number
}

export type MultisigLeaf = 'release' | 'refund'

interface Leaf {
  readonly script: Uint8Array
  readonly hash: Uint8Array
  readonly control: Uint8Array
  /** In the order in which the script asks for their signatures. */
  readonly keys: readonly PublicKeyRead[]
  readonly sequence: number
}

export interface Multisig {
  readonly address: string
  readonly script: Uint8Array
  /** With public keys only: everybody can check with a node what the address says. */
  readonly descriptor: string
  readonly root: Uint8Array
  readonly leaves: Readonly<Record<MultisigLeaf, Leaf>>
}

/**
 * The taproot output of the terms (BIP 341, 342): nobody can spend by the key path; one leaf is 2-of-2, the other the refund. As
 * miniscript: `tr(unspendable,{and_v(v:pk(investor),pk(originator)),and_v(v:pk(refund),older(n))})`. KEY_INVALID.
 */
export function multisigOf({ investor, originator, refund, refundAfter }: MultisigTerms, chain: Chain): Multisig {
  const [a, b, c] = [investor, originator, refund].map(({ publicKey }) => publicKey.subarray(1)) as [Uint8Array, Uint8Array, Uint8Array]
  // One key in two leaves lets a signature for the one be asked of a device that shows the other.
  if (equalBytes(a, b) || equalBytes(a, c) || equalBytes(b, c)) throw new NetworkError('KEY_INVALID', 'investor, originator and refund need a key each: give three different ones')
  if ([a, b, c].some((key) => key.length !== 32)) throw new NetworkError('KEY_INVALID', 'the keys are compressed public keys of 33 bytes')
  if (!Number.isInteger(refundAfter) || refundAfter < 1 || refundAfter > 0xffff) throw new NetworkError('KEY_INVALID', 'the refund waits for 1 to 65535 blocks')
  const release = concatBytes(checked(a, 0xad), checked(b, 0xac))
  const back = concatBytes(checked(c, 0xad), numberPush(refundAfter), Uint8Array.of(0xb2))
  const [releaseHash, backHash] = [leafHash(release), leafHash(back)]
  const root = branchHash(releaseHash, backHash)
  const { script, parity } = taprootOutput(UNSPENDABLE, root)
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
  return {
    address: addressOfScript(script, chain) ?? '', script, root,
    descriptor: withChecksum(`tr(${hex(UNSPENDABLE)},{and_v(v:pk(${hex(a)}),pk(${hex(b)})),and_v(v:pk(${hex(c)}),older(${refundAfter}))})`),
    leaves: {
      release: { script: release, hash: releaseHash, control: controlBlock(UNSPENDABLE, parity, [backHash]), keys: [investor, originator], sequence: REPLACEABLE },
      refund: { script: back, hash: backHash, control: controlBlock(UNSPENDABLE, parity, [releaseHash]), keys: [refund], sequence: refundAfter },
    },
  }
}

export interface MultisigSpend {
  readonly leaf: MultisigLeaf
  readonly coins: readonly { readonly txid: string; readonly vout: number; readonly value: bigint }[]
  /** Takes all that is left after `outputs` and the fee. */
  readonly to: Uint8Array
  readonly outputs?: readonly Output[]
  readonly rate: number
  readonly maxFee: bigint
}

/** The transaction to be signed elsewhere, with the intended leaf only, in base64. DUST, BALANCE_INSUFFICIENT, FEE_ABOVE_CEILING. */
export function multisigPsbt(multisig: Multisig, { leaf: name, coins, to, outputs = [], rate, maxFee }: MultisigSpend): { psbt: string; fee: bigint; value: bigint } {
  const leaf = multisig.leaves[name]
  const all = coins.reduce((sum, { value }) => sum + value, 0n)
  const witness = [...leaf.keys.map(() => 65), leaf.script.length, leaf.control.length]
  const weight = OVERHEAD_WEIGHT + coins.length * scriptInputWeight(witness) + [to, ...outputs.map(({ script }) => script)].reduce((sum, script) => sum + outputWeight(script), 0)
  const fee = feeOf(weight, rate)
  const value = all - fee - outputs.reduce((sum, each) => sum + each.value, 0n)
  if (coins.length === 0 || value <= 0n) throw new NetworkError('BALANCE_INSUFFICIENT', 'the deposit is too little for the amount and the fee', { held: String(all) })
  requirePayable([...outputs, { script: to, value }], rate)
  if (fee > maxFee) throw new NetworkError('FEE_ABOVE_CEILING', 'the fee would be above the ceiling: wait for a lower rate, or allow more', { fee: String(fee), ceiling: String(maxFee) })
  const tx = new btc.Transaction({ version: 2, allowUnknownInputs: true, allowUnknownOutputs: true })
  const derivations = leaf.keys.flatMap(({ publicKey, origin }): [Uint8Array, { hashes: Uint8Array[]; der: { fingerprint: number; path: number[] } }][] =>
    (origin === null ? [] : [[publicKey.subarray(1), { hashes: [leaf.hash], der: { fingerprint: origin.fingerprint, path: [...origin.path] } }]]))
  const block = { version: leaf.control[0] ?? 0, internalKey: UNSPENDABLE, merklePath: [leaf.control.slice(33)] }
  for (const { txid, vout, value: amount } of coins) {
    tx.addInput({
      txid, index: vout, sequence: leaf.sequence, witnessUtxo: { script: multisig.script, amount }, tapInternalKey: UNSPENDABLE, tapMerkleRoot: multisig.root,
      tapLeafScript: [[block, concatBytes(leaf.script, Uint8Array.of(LEAF_VERSION))]], ...(derivations.length === 0 ? {} : { tapBip32Derivation: derivations }),
    })
  }
  for (const output of [...outputs, { script: to, value }]) tx.addOutput({ script: output.script, amount: output.value })
  return { psbt: writePsbt(tx), fee, value }
}

/** Adds the signature of a key of ours to a PSBT of ours, in base64. KEY_INVALID where the leaf does not ask for the key of this path. */
export async function signMultisig(multisig: Multisig, name: MultisigLeaf, given: string, signer: HdSigner, path: string): Promise<string> {
  const leaf = multisig.leaves[name]
  const publicKey = await signer.publicKey(path)
  if (!leaf.keys.some((key) => equalBytes(key.publicKey, publicKey))) throw new NetworkError('KEY_INVALID', 'this way of spending does not ask for that key')
  const tx = readPsbt(given)
  requireDeposit(multisig, tx)
  for (let at = 0; at < tx.inputsLength; at++) {
    const signature = await signer.signSchnorr(path, hashOf(tx, at, leaf, 0))
    tx.updateInput(at, { tapScriptSig: [...(tx.getInput(at).tapScriptSig ?? []), [{ pubKey: publicKey.subarray(1), leafHash: leaf.hash }, signature]] }, true)
  }
  return writePsbt(tx)
}

/**
 * Joins what came back to the transaction to be sent; the witness is built by hand. PSBT_OTHER: another transaction than the one given
 * out. PSBT_INVALID: a signature is missing, of another key, of another leaf, or covers less than the whole. Ask the node
 * (`testmempoolaccept`) before it is sent.
 */
export function finishMultisig(multisig: Multisig, name: MultisigLeaf, given: string, returned: readonly string[]): Signed {
  const leaf = multisig.leaves[name]
  const tx = readPsbt(given)
  requireDeposit(multisig, tx)
  const parts = [tx, ...returned.map((text) => requireSame(tx, readPsbt(text)))]
  const witnesses = Array.from({ length: tx.inputsLength }, (_, at) => {
    const signatures = leaf.keys.map(({ publicKey }, place) => {
      const key = publicKey.subarray(1)
      const found = parts.flatMap((part) => candidatesOf(part, at, leaf, key, place)).find((bytes) => {
        const read = taprootSignature(bytes)
        return read !== undefined && verifySchnorr(read.signature, hashOf(tx, at, leaf, read.type), key)
      })
      if (found === undefined) {
        throw new NetworkError('PSBT_INVALID', `input ${at} lacks a right signature of key ${place + 1} of ${leaf.keys.length}: sign with the wallet that holds it`, { input: at, key: place + 1 })
      }
      return found
    })
    // The script takes the last one first.
    return [...signatures.toReversed(), leaf.script, leaf.control]
  })
  for (const [at, witness] of witnesses.entries()) tx.updateInput(at, { finalScriptWitness: witness }, true)
  return signedOf(tx)
}

function candidatesOf(part: btc.Transaction, at: number, leaf: Leaf, key: Uint8Array, place: number): Uint8Array[] {
  const { tapScriptSig = [], finalScriptWitness = [] } = part.getInput(at)
  const partial = tapScriptSig.filter(([of]) => equalBytes(of.pubKey, key) && equalBytes(of.leafHash, leaf.hash)).map(([, signature]) => signature)
  const final = finalScriptWitness.length === leaf.keys.length + 2 ? finalScriptWitness[leaf.keys.length - 1 - place] : undefined
  return final === undefined ? partial : [...partial, final]
}

function hashOf(tx: btc.Transaction, at: number, leaf: Leaf, type: number): Uint8Array {
  const coins = coinsOf(tx)
  return tx.preimageWitnessV1(at, coins.map(({ script }) => script), type, coins.map(({ value }) => value), -1, leaf.script, LEAF_VERSION)
}

function requireDeposit(multisig: Multisig, tx: btc.Transaction): void {
  if (coinsOf(tx).some(({ script }) => !equalBytes(script, multisig.script))) throw new NetworkError('PSBT_OTHER', 'this transaction spends other coins than the deposit')
}

// A push of the key, and OP_CHECKSIG or OP_CHECKSIGVERIFY.
function checked(key: Uint8Array, operation: number): Uint8Array {
  return concatBytes(Uint8Array.of(32), key, Uint8Array.of(operation))
}

function numberPush(value: number): Uint8Array {
  if (value <= 16) return Uint8Array.of(0x50 + value)
  const bytes: number[] = []
  for (let rest = value; rest > 0; rest >>= 8) bytes.push(rest & 0xff)
  if ((bytes.at(-1) ?? 0) >= 0x80) bytes.push(0)
  return Uint8Array.of(bytes.length, ...bytes)
}
