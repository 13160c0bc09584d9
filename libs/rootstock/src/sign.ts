import { ECDH } from 'node:crypto'
import { NetworkError, type HdSigner } from '@growr/networks'
import { bytesToHex, hexToBytes, keccak256, recoverAddress, serializeTransaction, type Hex } from 'viem'

const HALF = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n
export const pathOf = (n: number): string => `m/44'/137'/0'/0/${n}`

/** The address of the n-th key: the last 20 bytes of Keccak-256 of its public key. Lower case. */
export async function addressAt(signer: HdSigner, n: number): Promise<Hex> {
  const whole = ECDH.convertKey(await signer.publicKey(pathOf(n)), 'secp256k1', undefined, undefined, 'uncompressed') as Buffer
  return `0x${keccak256(Uint8Array.from(whole.subarray(1))).slice(26)}`
}

export interface Legacy { readonly chainId: number; readonly nonce: number; readonly gasPrice: bigint; readonly gas: bigint; readonly to: Hex; readonly value: bigint; readonly data?: Hex }

/** A legacy transaction signed as EIP-155 has it. NETWORK_REFUSED where the signature is not that of `from`, or has the higher s. */
export async function signLegacy(signer: HdSigner, n: number, from: Hex, tx: Legacy): Promise<{ readonly raw: Hex; readonly hash: Hex }> {
  const hash = keccak256(serializeTransaction({ ...tx, type: 'legacy' }))
  const { signature, recovery } = await signer.signEcdsaRecoverable(pathOf(n), hexToBytes(hash))
  const r = bytesToHex(signature.slice(0, 32))
  const s = bytesToHex(signature.slice(32, 64))
  const by = await recoverAddress({ hash, signature: { r, s, yParity: recovery } })
  if (BigInt(s) > HALF || by.toLowerCase() !== from) throw new NetworkError('NETWORK_REFUSED', 'the signer signed with another key than that of the account')
  const raw = serializeTransaction({ ...tx, type: 'legacy' }, { r, s, v: BigInt(tx.chainId * 2 + 35 + recovery) })
  return { raw, hash: keccak256(raw) }
}
