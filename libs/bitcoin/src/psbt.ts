import { NetworkError } from '@growr/networks'
import * as btc from '@scure/btc-signer'
import { equalBytes, hash160 } from '@scure/btc-signer/utils.js'
import type { AddressKind } from './address.ts'
import { compactOf, verifyEcdsa, verifySchnorr } from './signatures.ts'
import { unsignedOf, type PaymentDraft, type Signed } from './transaction.ts'

// Partially signed transactions (BIP 174, 371): how a wallet or a signing device elsewhere signs what was built here.

const TEXT_LIMIT = 1_000_000
const SIGHASH_ALL = 1
const OPTIONS = { allowUnknownInputs: true, allowUnknownOutputs: true, unknown: 'ignore' } as const

/** A payment to be signed elsewhere, in base64. Coins tell where their keys come from, so that the wallet there finds them. */
export function psbtOf(draft: PaymentDraft): string {
  const tx = unsignedOf(draft)
  for (const [at, { kind, publicKey, origin, raw }] of draft.coins.entries()) {
    const der = origin === undefined ? undefined : { fingerprint: origin.fingerprint, path: [...origin.path] }
    if (kind === 'p2wpkh') {
      tx.updateInput(at, { ...(raw === undefined ? {} : { nonWitnessUtxo: raw }), ...(der === undefined ? {} : { bip32Derivation: [[publicKey, der]] }) })
    } else {
      const key = publicKey.subarray(1)
      tx.updateInput(at, { tapInternalKey: key, ...(der === undefined ? {} : { tapBip32Derivation: [[key, { hashes: [], der }]] }) })
    }
  }
  return writePsbt(tx)
}

/**
 * What came back, made ready to be sent: the same transaction as was given out (PSBT_OTHER), each input signed by the key of its coin over
 * the whole transaction (PSBT_INVALID). Nothing that it says of coins is believed: amounts and scripts are those that were given out.
 */
export function acceptPsbt(given: string, returned: string): Signed {
  const tx = readPsbt(given)
  const signed = requireSame(tx, readPsbt(returned))
  const coins = coinsOf(tx)
  for (const [at, coin] of coins.entries()) {
    const input = signed.getInput(at)
    const witness = coin.kind === 'p2wpkh'
      ? pickEcdsa(tx, at, coin, [...(input.partialSig ?? []), ...pairOf(input.finalScriptWitness)])
      : pickSchnorr(tx, at, coins, [input.tapKeySig, input.finalScriptWitness?.length === 1 ? input.finalScriptWitness[0] : undefined])
    if (witness === undefined) {
      throw new NetworkError('PSBT_INVALID', `input ${at} is not rightly signed: sign with the wallet that holds its key, over the whole transaction`, { input: at })
    }
    tx.updateInput(at, { finalScriptWitness: witness }, true)
  }
  return signedOf(tx)
}

/** Reads base64 or hexadecimal digits. PSBT_INVALID. */
export function readPsbt(text: string): btc.Transaction {
  const compact = text.length > TEXT_LIMIT ? '' : text.trim()
  const bytes = /^(70736274ff)([0-9a-f]{2})*$/i.test(compact) ? Buffer.from(compact, 'hex') : /^[A-Za-z0-9+/]+={0,2}$/.test(compact) ? Buffer.from(compact, 'base64') : undefined
  try {
    if (bytes === undefined) throw new RangeError('neither base64 nor hexadecimal')
    return btc.Transaction.fromPSBT(Uint8Array.from(bytes), OPTIONS)
  } catch {
    throw new NetworkError('PSBT_INVALID', 'this is no partially signed transaction (PSBT): copy it as a whole')
  }
}

export function writePsbt(tx: btc.Transaction): string {
  return Buffer.from(tx.toPSBT(0)).toString('base64')
}

/** The one that came back, if it is the transaction that was given out: PSBT_OTHER. */
export function requireSame(given: btc.Transaction, returned: btc.Transaction): btc.Transaction {
  if (!equalBytes(given.unsignedTx, returned.unsignedTx)) {
    throw new NetworkError('PSBT_OTHER', 'this is another transaction than the one that was given out: sign that one, unchanged')
  }
  return returned
}

/** The signature without the byte of its type, and the type; undefined where it covers less than the whole transaction. */
export function taprootSignature(bytes: Uint8Array | undefined): { signature: Uint8Array; type: number } | undefined {
  if (bytes?.length === 64) return { signature: bytes, type: 0 }
  return bytes?.length === 65 && bytes[64] === SIGHASH_ALL ? { signature: bytes.subarray(0, 64), type: SIGHASH_ALL } : undefined
}

export function signedOf(tx: btc.Transaction): Signed {
  return { hex: tx.hex, txid: tx.id, vsize: tx.vsize, fee: tx.fee }
}

export interface GivenCoin {
  readonly kind: AddressKind
  readonly script: Uint8Array
  readonly value: bigint
}

/** What the PSBT that was given out says of its coins. PSBT_INVALID where one is neither P2WPKH nor P2TR. */
export function coinsOf(tx: btc.Transaction): GivenCoin[] {
  return Array.from({ length: tx.inputsLength }, (_, at) => {
    const { witnessUtxo } = tx.getInput(at)
    if (witnessUtxo === undefined) throw new NetworkError('PSBT_INVALID', `input ${at} does not say what it spends`, { input: at })
    const { script, amount } = witnessUtxo
    const kind = script.length === 22 && script[0] === 0 ? 'p2wpkh' : script.length === 34 && script[0] === 0x51 ? 'p2tr' : undefined
    if (kind === undefined) throw new NetworkError('PSBT_INVALID', `input ${at} spends what no wallet of ours makes`, { input: at })
    return { kind, script, value: amount }
  })
}

function pickEcdsa(tx: btc.Transaction, at: number, coin: GivenCoin, pairs: readonly (readonly [Uint8Array, Uint8Array])[]): Uint8Array[] | undefined {
  const program = coin.script.subarray(2)
  const hash = tx.preimageWitnessV0(at, Uint8Array.of(0x76, 0xa9, 20, ...program, 0x88, 0xac), SIGHASH_ALL, coin.value)
  const pair = pairs.find(([publicKey, signature]) => {
    const compact = compactOf(signature.subarray(0, -1))
    return signature.at(-1) === SIGHASH_ALL && compact !== null && publicKey.length === 33 && equalBytes(hash160(publicKey), program) && verifyEcdsa(compact, hash, publicKey)
  })
  return pair === undefined ? undefined : [pair[1], pair[0]]
}

function pickSchnorr(tx: btc.Transaction, at: number, coins: readonly GivenCoin[], candidates: readonly (Uint8Array | undefined)[]): Uint8Array[] | undefined {
  const found = candidates.find((bytes) => {
    const read = taprootSignature(bytes)
    if (read === undefined) return false
    const hash = tx.preimageWitnessV1(at, coins.map(({ script }) => script), read.type, coins.map(({ value }) => value))
    return verifySchnorr(read.signature, hash, (coins[at]?.script ?? new Uint8Array()).subarray(2))
  })
  return found === undefined ? undefined : [found]
}

function pairOf(witness: readonly Uint8Array[] | undefined): (readonly [Uint8Array, Uint8Array])[] {
  const [signature, publicKey] = witness ?? []
  return signature === undefined || publicKey === undefined ? [] : [[publicKey, signature]]
}
