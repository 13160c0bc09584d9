import { NetworkError } from '@growr/networks'

/** The chains that are known, by bitcoind's names for them. */
export type Chain = 'main' | 'test' | 'testnet4' | 'signet' | 'regtest'

export interface ChainParameters {
  /** Human-readable part of segwit addresses. */
  readonly bech32: string
  /** Version bytes of base58 addresses. */
  readonly pubKeyHash: number
  readonly scriptHash: number
  /** Version bytes of extended keys (BIP 32): xpub or tpub. */
  readonly versions: { readonly public: number; readonly private: number }
  /** The coin type of derivation paths (SLIP 44). */
  readonly coin: 0 | 1
}

const MAIN: ChainParameters = { bech32: 'bc', pubKeyHash: 0x00, scriptHash: 0x05, versions: { public: 0x0488b21e, private: 0x0488ade4 }, coin: 0 }
const TEST: ChainParameters = { bech32: 'tb', pubKeyHash: 0x6f, scriptHash: 0xc4, versions: { public: 0x043587cf, private: 0x04358394 }, coin: 1 }

export const CHAINS: Readonly<Record<Chain, ChainParameters>> = {
  main: MAIN, test: TEST, testnet4: TEST, signet: TEST, regtest: { ...TEST, bech32: 'bcrt' },
}

/** The chain of which bitcoind says this name; NETWORK_UNSUPPORTED. */
export function chainOf(name: string): Chain {
  if (!Object.hasOwn(CHAINS, name)) throw new NetworkError('NETWORK_UNSUPPORTED', `there is no such chain: take ${Object.keys(CHAINS).join(', ')}`)
  return name as Chain
}
