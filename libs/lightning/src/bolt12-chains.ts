import type { Chain } from '@growr/bitcoin'
import { hexOf, invalid } from './address-refusal.ts'

/** The hash of a chain's first block in the order of bytes on the wire, hex (BOLT 0, `chain_hash`). */
export const CHAIN_HASHES: Readonly<Record<Chain, string>> = {
  main: '6fe28c0ab6f1b372c1a6a246ae63f74f931e8365e15a089c68d6190000000000',
  test: '43497fd7f826957108f4a30fd9cec3aeba79972084e90ead01ea330900000000',
  testnet4: '43f08bdab050e35b567c864b91f47f50ae725ae2de53bcfbbaf284da00000000',
  signet: 'f61eee3b63a380a477a063af32b2bbc97c9ff9f01f2c4225e973988108000000',
  regtest: '06226e46111a0b59caaf126043eb5bbf28c34f3a5e332a1fc7b2b73cf188910f',
}

const NAMES = new Map<string, string>(Object.entries(CHAIN_HASHES).map(([name, hash]) => [hash, name]))

/** Names of those that are known, hashes of the others. ADDRESS_INVALID: none, or no hashes. */
export function chainsOf(value: Uint8Array): readonly string[] {
  if (value.length === 0 || value.length % 32 !== 0) throw invalid('chains', 'the chains of the offer are no hashes')
  const hashes = Array.from({ length: value.length / 32 }, (_, at) => hexOf(value.subarray(at * 32, at * 32 + 32)))
  return hashes.map((hash) => NAMES.get(hash) ?? hash)
}
