import { createHash } from 'node:crypto'
import { NetworkError } from '@growr/networks'
import { bech32, bech32m, createBase58check } from '@scure/base'
import { hash160, taprootTweakPubkey } from '@scure/btc-signer/utils.js'
import { CHAINS, type Chain } from './chain.ts'

/** P2WPKH (BIP 84) or P2TR with the key path alone (BIP 86). */
export type AddressKind = 'p2wpkh' | 'p2tr'

const ADDRESS_LIMIT = 100
const base58check = createBase58check((data: Uint8Array) => createHash('sha256').update(data).digest())

/** What an output says that only this key can spend. */
export function scriptOfKey(publicKey: Uint8Array, kind: AddressKind): Uint8Array {
  if (kind === 'p2wpkh') return witnessScript(0, hash160(publicKey))
  return witnessScript(1, taprootTweakPubkey(publicKey.subarray(1), new Uint8Array())[0])
}

export function addressOf(publicKey: Uint8Array, kind: AddressKind, chain: Chain): string {
  return requireAddress(addressOfScript(scriptOfKey(publicKey, kind), chain))
}

/** What an output says that pays this address. ADDRESS_INVALID: none, or misspelt; ADDRESS_FOREIGN: of another chain or coin. */
export function scriptOf(address: string, chain: Chain): Uint8Array {
  const text = address.trim()
  const found = text.length <= ADDRESS_LIMIT ? segwit(text) ?? base58(text) : undefined
  if (found === undefined) throw new NetworkError('ADDRESS_INVALID', 'this is no Bitcoin address: look for a character that is misspelt or missing')
  if (!found.of.has(CHAINS[chain].bech32)) throw new NetworkError('ADDRESS_FOREIGN', `this address is not of the chain «${chain}»: ask for one that is`)
  return found.script
}

/** The address of an output, null where it has none that is in use (P2PK, data, future versions). */
export function addressOfScript(script: Uint8Array, chain: Chain): string | null {
  const { bech32: prefix, pubKeyHash, scriptHash } = CHAINS[chain]
  const [first, second] = script
  if (first === 0 && script.length === 22 && second === 20) return bech32.encode(prefix, [0, ...bech32.toWords(script.subarray(2))])
  if (first === 0 && script.length === 34 && second === 32) return bech32.encode(prefix, [0, ...bech32.toWords(script.subarray(2))])
  if (first === 0x51 && script.length === 34 && second === 32) return bech32m.encode(prefix, [1, ...bech32m.toWords(script.subarray(2))])
  if (script.length === 25 && first === 0x76 && second === 0xa9 && script[2] === 20 && script[23] === 0x88 && script[24] === 0xac) {
    return base58check.encode(Uint8Array.of(pubKeyHash, ...script.subarray(3, 23)))
  }
  if (script.length === 23 && first === 0xa9 && second === 20 && script[22] === 0x87) return base58check.encode(Uint8Array.of(scriptHash, ...script.subarray(2, 22)))
  return null
}

/** The least that an output may hold, in satoshis, before nodes call it dust (Bitcoin Core, GetDustThreshold at 3,000 sat/kvB). */
export function dustOf(script: Uint8Array): bigint {
  if (script[0] === 0x6a) return 0n
  const witness = script.length >= 4 && script.length <= 42 && (script[0] === 0 || ((script[0] ?? 0) >= 0x51 && (script[0] ?? 0) <= 0x60)) && script[1] === script.length - 2
  return 3n * BigInt(8 + (script.length < 253 ? 1 : 3) + script.length + (witness ? 67 : 148))
}

interface Found {
  readonly script: Uint8Array
  /** The human-readable parts of the chains on which it may be. */
  readonly of: ReadonlySet<string>
}

// BIP 173 and 350.
function segwit(text: string): Found | undefined {
  const coding = [bech32, bech32m].find((each) => each.decodeUnsafe(text) !== undefined)
  const decoded = coding?.decodeUnsafe(text)
  const [version, ...words] = decoded?.words ?? []
  if (coding === undefined || decoded === undefined || version === undefined) return undefined
  const program = coding.fromWordsUnsafe(words)
  if (!program || version > 16 || program.length < 2 || program.length > 40) return undefined
  if ((version === 0) !== (coding === bech32) || (version === 0 && program.length !== 20 && program.length !== 32)) return undefined
  return { script: witnessScript(version, program), of: new Set([decoded.prefix.toLowerCase()]) }
}

function base58(text: string): Found | undefined {
  let bytes: Uint8Array
  try {
    bytes = base58check.decode(text)
  } catch {
    return undefined
  }
  if (bytes.length !== 21) return undefined
  const chains = Object.values(CHAINS)
  const keyed = chains.filter(({ pubKeyHash }) => pubKeyHash === bytes[0])
  const scripted = chains.filter(({ scriptHash }) => scriptHash === bytes[0])
  const hash = bytes.subarray(1)
  const script = keyed.length > 0 ? Uint8Array.of(0x76, 0xa9, 20, ...hash, 0x88, 0xac) : Uint8Array.of(0xa9, 20, ...hash, 0x87)
  // No chain has this version: a valid address of another coin.
  return { script, of: new Set([...keyed, ...scripted].map((parameters) => parameters.bech32)) }
}

function witnessScript(version: number, program: Uint8Array): Uint8Array {
  return Uint8Array.of(version === 0 ? 0 : 0x50 + version, program.length, ...program)
}

function requireAddress(address: string | null): string {
  if (address === null) throw new NetworkError('ADDRESS_INVALID', 'this output has no address')
  return address
}
