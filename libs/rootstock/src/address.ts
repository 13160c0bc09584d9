import { NetworkError } from '@growr/networks'
import { checksumAddress, type Hex } from 'viem'

export type RootstockChain = 30 | 31 | 33
const CHAINS: readonly number[] = [30, 31, 33]

/** An address as EIP-1191 has it for this chain: how it is shown at the edge. */
export function showAddress(address: string, chain: RootstockChain): string {
  return checksumAddress(address.toLowerCase() as Hex, chain)
}

/**
 * The lower-case address that is used inside. Without capitals (or with nothing else) there is no checksum to be wrong. ADDRESS_FOREIGN: a
 * right checksum of another chain, Ethereum's (EIP-55) included. ADDRESS_INVALID: no address, a wrong checksum, or address zero.
 */
export function readAddress(text: string, chain: RootstockChain): Hex {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) throw new NetworkError('ADDRESS_INVALID', 'an address is 0x and 40 hexadecimal digits')
  const lower = text.toLowerCase() as Hex
  if (/^0x0+$/.test(text)) throw new NetworkError('ADDRESS_INVALID', 'nobody has the address zero')
  const digits = text.slice(2)
  if (digits === digits.toLowerCase() || digits === digits.toUpperCase() || checksumAddress(lower, chain) === text) return lower
  if (CHAINS.some(other => checksumAddress(lower, other) === text) || checksumAddress(lower) === text) {
    throw new NetworkError('ADDRESS_FOREIGN', 'the capitals of this address are those of another chain (EIP-1191)')
  }
  throw new NetworkError('ADDRESS_INVALID', 'the capitals of this address are wrong for every chain (EIP-1191): a digit was mistyped')
}
